const ASK_EVERY_MILLISECONDS = 500;

/**
 * Calls back once the process that started this one is gone. npm runs scripts through a shell, which passes no signal on: whoever
 * ends npm alone ends that shell, and we would stay behind. Without npm there is no such promise to keep (`nohup node … &`).
 * @param {() => void} callback
 * @returns {() => void} stops asking
 */
export function whenParentIsGone(callback) {
  if (process.env['npm_lifecycle_event'] === undefined) return () => {};
  const parent = process.ppid;
  const timer = setInterval(() => {
    if (process.ppid === parent) return;
    clearInterval(timer);
    callback();
  }, ASK_EVERY_MILLISECONDS);
  timer.unref();
  return () => clearInterval(timer);
}
