import JSON
import Testing

@testable import CircusTop

/// circus-top without a terminal: what it knows, shows and asks.
@Suite struct TopTests {
  private func model() -> TopModel {
    var model = TopModel(timeout: 3)
    let process: (Int, Double, Double) -> JSONObject = { pid, cpu, age in
      [
        "pid": .int(pid), "subtopic": .int(pid), "name": .null, "cmdline": "worker",
        "cpu": .double(cpu), "mem": 1.5, "age": .double(age), "mem_info1": "3.00M",
        "tree": ["fds": 7],
        "children": [["pid": 99, "cmdline": "child", "cpu": 0.0, "mem": 0.1, "age": 1.0]],
      ]
    }
    model.take(topic: "stat.web.front.11", process(11, 5, 90), now: 10)
    model.take(topic: "stat.web.front.12", process(12, 50, 4_000), now: 10)
    model.take(
      topic: "stat.web.front", ["pid": [11, 12], "cpu": 27.5, "mem": 3.0, "age": 4_000.0], now: 10)
    model.take(topic: "stat.idle", ["pid": [], "cpu": 0.0, "mem": 0, "age": "N/A"], now: 10)
    model.take(
      topic: "stat.sockets.3", ["fd": 3, "subtopic": 3, "reads": 5, "address": "127.0.0.1:80"],
      now: 10)
    model.take(topic: "stat.sockets", ["addresses": ["127.0.0.1:80"], "reads": 5], now: 10)
    model.take(statuses: [
      .init(name: "web.front", status: "active", restarts: 3, restartsByPID: [11: 3]),
      .init(name: "idle", status: "stopped"),
    ])
    return model
  }

  @Test func tableHasWatchersProcessesAndSockets() {
    let text = TopView(model(), TopState(), width: 80).text
    #expect(text[1].hasPrefix("idle stopped"))
    #expect(
      text[2].hasPrefix("web.front (2)") && text[2].contains("27.50") && text[2].contains("1h06m"))
    #expect(
      text[3].contains("  11 worker") && text[3].contains("3.00M") && text[3].hasSuffix("7     3"))
    #expect(text[2].hasSuffix("     3"))
    #expect(text.last?.contains("127.0.0.1:80") == true && text.last?.hasSuffix("5") == true)
    #expect(!text.contains { $0.contains("child") })
  }

  @Test func orderAndTreeAreChosenByKeys() {
    var state = TopState()
    #expect(state.press("c", selected: nil) == .none && state.order == .cpu)
    #expect(state.press("t", selected: nil) == .none)
    let text = TopView(model(), state, width: 80).text
    #expect(text[1].hasPrefix("web.front") && text[2].contains("12 worker"))
    #expect(text[3].contains("    99 child"))
  }

  @Test func everyScreenFitsItsSize() {
    var state = TopState()
    state.showsLog = true
    state.log = ["one\ttab", String(repeating: "x", count: 300)]
    state.showsHelp = true
    for (height, width) in [(24, 80), (5, 20), (60, 200), (2, 10)] {
      let lines = TopView(model(), state, width: width).screen(height: height, title: "title")
      #expect(lines.count == height, "\(height)x\(width)")
      for line in lines { #expect(line.map(\.text.count).reduce(0, +) <= width) }
    }
    let empty = TopView(TopModel(), TopState(), width: 80).screen(height: 24, title: "t")
    #expect(empty.count == 24 && empty[1][0].text.contains("Waiting for data"))
  }

  @Test func commandsAreAskedAboutFirst() {
    var state = TopState()
    #expect(state.press("r", selected: "web") == .none)
    #expect(state.question == .init(verb: "restart", name: "web"))
    #expect(state.press("n", selected: "web") == .none)
    #expect(state.question == nil && state.order == .name)
    _ = state.press("+", selected: "web")
    #expect(state.press("y", selected: "web") == .run(.init(verb: "incr", name: "web")))
    #expect(state.press("x", selected: nil) == .none && state.message == "select a watcher first")
    #expect(state.press("q", selected: nil) == .quit)
  }

  @Test func whatIsNoLongerToldIsForgotten() {
    var model = model()
    model.expire(now: 12)
    #expect(model.groups["web.front"]?.processes.count == 2)
    model.expire(now: 14)
    #expect(model.groups["web.front"]?.processes.isEmpty == true)
    #expect(model.groups["web.front"]?.cpu == nil)
    model.take(statuses: [.init(name: "idle", status: "active")])
    #expect(model.groups["web.front"] == nil)
  }

  @Test func agesAreShort() {
    #expect(TopView.duration(59) == "59s" && TopView.duration(725) == "12m05s")
    #expect(TopView.duration(11_220) == "3h07m" && TopView.duration(1_828_800) == "21d04h")
  }
}
