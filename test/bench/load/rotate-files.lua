-- Sends whole files as bodies in turn.
-- Arguments after "--": a file with one path a line, the Content-Type header, the Authorization header.
dofile("load/summary.lua")

local prepared = {}
local position = 0

function init(args)
  local headers = { ["content-type"] = args[2], ["authorization"] = args[3] }
  for path in io.lines(args[1]) do
    local file = assert(io.open(path, "rb"))
    table.insert(prepared, wrk.format("POST", nil, headers, file:read("*a")))
    file:close()
  end
end

function request()
  position = position % #prepared + 1
  return prepared[position]
end
