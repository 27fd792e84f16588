-- Sends the bodies of a file (one JSON document a line) in turn, each connection from its own place on.
-- Arguments after "--": the file, the Authorization header.
dofile("load/summary.lua")

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
