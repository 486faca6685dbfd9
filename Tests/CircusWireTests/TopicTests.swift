import JSON
import Testing

@testable import CircusWire

/// Topics of events and statistics, both ways.
@Suite struct TopicTests {
  @Test(arguments: [
    ("watcher.web.spawn", "web", "spawn"), ("watcher.a.b.c.reap", "a.b.c", "reap"),
    ("watcher.plugin:x.start", "plugin:x", "start"),
  ])
  func events(text: String, watcher: String, event: String) throws {
    let topic = try #require(EventTopic(text))
    #expect(topic == EventTopic(watcher: watcher, event: event))
    #expect(topic.text == text)
  }

  @Test(arguments: ["watcher.", "watcher.x", "stat.web", "", "watcher..", "supervisor.TICK_5"])
  func whatIsNoEvent(text: String) { #expect(EventTopic(text)?.watcher ?? "" == "") }

  @Test(arguments: [
    ("stat.web", nil, "web", nil), ("stat.web.12", 12, "web", 12),
    ("stat.web.12", nil, "web.12", nil),
    ("stat.a.b.3", 3, "a.b", 3), ("stat.sockets.5", 5, "sockets", 5),
  ])
  func statistics(text: String, subtopic: Int?, group: String, subject: Int?) throws {
    let topic = try #require(StatTopic(text, subject: subtopic))
    #expect(topic == StatTopic(group: group, subject: subject))
    #expect(topic.text == text)
    #expect(StatTopic("watcher." + text, subject: subtopic) == nil)
  }

  @Test func aSumKnowsWhatAllKnow() {
    let known = StatMessage.Figures(pid: 1, cpu: 10, memory: 1.25, age: 7)
    let other = StatMessage.Figures(pid: 2, cpu: 20, memory: 0.5, age: 3)
    #expect(
      JSON.object(StatMessage.sum(of: "w", [known, other]).payload)
        == ["pid": [1, 2], "cpu": 15.0, "mem": 1.75, "age": 7.0])
    let unknown = StatMessage.Figures(pid: 3, cpu: nil, memory: 1, age: nil)
    #expect(
      JSON.object(StatMessage.sum(of: "w", [known, unknown]).payload)
        == ["pid": [1, 3], "cpu": "N/A", "mem": "N/A", "age": 7.0])
    #expect(
      JSON.object(StatMessage.sum(of: "w", []).payload)
        == ["pid": [], "cpu": 0.0, "mem": 0.0, "age": "N/A"])
  }
}
