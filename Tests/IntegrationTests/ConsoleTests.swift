import Glibc
import LinuxSystem
import Testing

/// The web console (docs/web-console.md), in a browser and against other people's pages.
@Suite struct ConsoleTests {
  private func daemon() throws -> TestSupervisor {
    try TestSupervisor(
      """
      [inet_http_server]
      port=127.0.0.1:@PORT@
      [program:cat]
      command=/bin/cat
      startsecs=0
      [program:many]
      command=/bin/cat
      numprocs=2
      process_name=many_%(process_num)d
      startsecs=0
      [program:said]
      command=/bin/sh -c 'echo "one <&> two"; echo "<script>window.owned = 1</script>"; exec /bin/cat'
      startsecs=0
      """)
  }

  @Test func itWorksInABrowser() throws {
    let daemon = try daemon()
    let result = run(
      TestSupervisor.stock + "/python",
      [Path.package + "/Tests/IntegrationTests/clients/console.py", "\(daemon.port)"])
    #expect(result.out == "ok\n", "\(result.error)")
  }

  @Test func otherPeoplesPagesGetNowhere() throws {
    let daemon = try daemon()
    #expect(
      eventually {
        daemon.state("said") == "RUNNING" && daemon.ask("tail", "said").out.contains("two")
      })
    let result = daemon.check("browsers", "\(daemon.port)")
    #expect(result.out == "ok\n", "\(result.error)")
  }

  @Test func anOpenDoorIsLoudlyTold() throws {
    let daemon = try TestSupervisor(
      TestSupervisor.programs + "\n[inet_http_server]\nport=*:@PORT@\n")
    #expect(
      daemon.log.contains(
        "CRIT [inet_http_server] every client that reaches any address of this machine on port"))
  }
}
