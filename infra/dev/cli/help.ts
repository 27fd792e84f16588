import type { Command, Option } from './command.ts';

const PREFIX = 'npm run edgemark --';

export function overview(commands: readonly Command[]): string {
  const lines = commands.map((command) => [`${command.name} ${command.takes}`.trim(), command.summary] as const);
  return [
    'The command-line client of Edgemark.',
    '',
    `  ${PREFIX} COMMAND …`,
    '',
    ...columns(lines),
    '',
    `${PREFIX} COMMAND --help says more.`,
  ].join('\n');
}

export function commandHelp(command: Command): string {
  const options: [string, Option][] = [
    ...Object.entries(command.options),
    ['help', { type: 'boolean', help: 'this text' }],
  ];
  const lines = options.map(
    ([name, option]) => [`--${name}${option.value ? ` ${option.value}` : ''}`, option.help] as const,
  );
  const details = command.details ? ['', command.details] : [];
  return [
    `${command.summary}.`,
    '',
    `  ${PREFIX} ${command.name} ${command.takes} [options]`,
    ...details,
    '',
    ...columns(lines),
  ].join('\n');
}

function columns(lines: readonly (readonly [string, string])[]): string[] {
  const width = Math.max(...lines.map(([left]) => left.length)) + 2;
  return lines.map(([left, right]) => `  ${left.padEnd(width)}${right}`);
}
