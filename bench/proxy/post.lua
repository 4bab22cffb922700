-- Posts the file named in BENCH_BODY.
local file = io.open(os.getenv("BENCH_BODY"), "rb")
wrk.method = "POST"
wrk.headers["content-type"] = "application/json"
wrk.body = file:read("*all")
file:close()
