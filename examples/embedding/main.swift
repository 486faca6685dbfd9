// Scales a watcher of a running daemon and tells what happens: a supervisor inside a Swift program
// is a few calls away.
//
//   swift run example-client tcp://127.0.0.1:5555 web

import CircusClient

let arguments = CommandLine.arguments.dropFirst()
let endpoint = arguments.first ?? "tcp://127.0.0.1:5555"
let watcher = arguments.dropFirst().first ?? "web"

do {
  let circus = try Client(endpoint: endpoint)
  print("\(watcher) is \(try circus.status(of: watcher))")

  let feed = try circus.events(of: watcher)
  // A subscription is quiet until it has reached the daemon; one that must not miss anything asks
  // for a sign of life first.
  var greeting: Event?
  while greeting == nil {
    try circus.set(["graceful_timeout": 5.0], of: watcher)
    greeting = feed.next(timeout: 0.2)
  }

  let count = try circus.increase(watcher)
  print("now \(count ?? 0) processes")
  for await event in feed.values where event.name == "spawn" {
    print("spawned \(event.pid ?? 0), because of \(event.cause ?? "?")")
    break
  }
  for process in try circus.statistics(ofProcessesOf: watcher) {
    print("\(process.pid) \(process.command): \(process.memory ?? 0) % of memory")
  }
} catch {
  print("example-client: \(error.text)")
}
