-- Sends the bodies of a file (one JSON document a line) in turn, each connection from its own place on.
-- Arguments after "--": the file, the Authorization header.
local prepared = {}
local position = 0

function init(args)
  local headers = { ["content-type"] = "application/json", ["authorization"] = args[2] }
  for line in io.lines(args[1]) do
    table.insert(prepared, wrk.format("POST", nil, headers, line))
  end
end

function request()
  position = position % #prepared + 1
  return prepared[position]
end

function done(summary, latency, requests)
  local errors = summary.errors
  io.write(string.format(
    '\nJSON {"requests":%d,"durationMs":%.3f,"p50Ms":%.3f,"p99Ms":%.3f,"maxMs":%.3f,"non2xx":%d,"connect":%d,"read":%d,"write":%d,"timeout":%d}\n',
    summary.requests, summary.duration / 1000, latency:percentile(50) / 1000, latency:percentile(99) / 1000, latency.max / 1000,
    errors.status, errors.connect, errors.read, errors.write, errors.timeout))
end
