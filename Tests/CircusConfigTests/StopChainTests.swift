import CircusConfig
import CircusModel
import Testing

/// How long an ordered end can take.
@Suite struct StopChainTests {
  private func chain(_ text: String) throws -> StopChain {
    let path = text.contains("[supervisord]") ? "/s.conf" : "/c.ini"
    var reader = ConfigurationReader(
      files: OneFile(path: path, bytes: Array(text.utf8)), environment: [:], hostName: "node",
      workingDirectory: "/")
    let found = reader.read(path)
    return StopChain(of: try #require(found).watchers)
  }

  @Test func watchersOfCircusStopTogether() throws {
    let found = try chain(
      "[watcher:a]\ncmd = a\ngraceful_timeout = 3\n[watcher:b]\ncmd = b\n[watcher:c]\ncmd = c\ngraceful_timeout = 7\n"
    )
    #expect(found.text == "b 30 s")
    #expect(found.seconds == 30)
  }

  @Test func whatDependsOnOthersStopsBeforeThem() throws {
    let found = try chain(
      """
      [watcher:db]
      cmd = db
      graceful_timeout = 5
      [watcher:app]
      cmd = app
      graceful_timeout = 2.5
      depends_on = db
      [watcher:web]
      cmd = web
      graceful_timeout = 1
      depends_on = app
      [watcher:other]
      cmd = other
      graceful_timeout = 8
      """)
    #expect(found.text == "web 1 s, then app 2.5 s, then db 5 s")
    #expect(found.seconds == 8.5)
  }

  @Test func groupsOfSupervisorStopOneAfterTheOther() throws {
    let found = try chain(
      """
      [supervisord]
      [program:a]
      command=a
      [program:b]
      command=b
      stopwaitsecs=3
      [program:c]
      command=c
      stopwaitsecs=4
      [group:g]
      programs=b,c
      """)
    #expect(found.seconds == 14)
    #expect(found.links.map(\.seconds).sorted() == [4, 10])
  }

  @Test func withoutWatchersItTakesNoTime() {
    #expect(StopChain(of: []).seconds == 0)
  }
}
