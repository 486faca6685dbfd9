import Testing

/// Lines of several processes in one place, with their names (`output_prefix`).
@Suite struct OutputPrefixTests {
  @Test func linesHaveTheirNames() throws {
    let daemon = try TestDaemon(
      """
      [watcher:web]
      cmd = sh -c 'echo hello; echo "{}"; printf unfinished; sleep 0.5; echo " line"; exec sleep 1000'
      stdout_stream.class = StdoutStream
      output_prefix = yes
      [watcher:plain]
      cmd = sh -c 'echo as it is; exec sleep 1000'
      stdout_stream.class = StdoutStream
      [watcher:end]
      cmd = sh -c 'printf last; exit 0'
      respawn = False
      stdout_stream.class = StdoutStream
      output_prefix = yes
      """)
    for line in ["web-1 | hello", "{}", "web-1 | unfinished line", "as it is", "end-1 | last"] {
      #expect(
        eventually { daemon.log.split(separator: "\n").contains { $0 == line } },
        "\(line): \(daemon.log)")
    }
    #expect(try daemon.quit() == 0)
  }

  /// A program of supervisor, in a file that two write to.
  @Test func programsHaveTheirsInASharedFile() throws {
    let daemon = try TestDaemon(
      """
      [supervisord]
      [circus]
      endpoint = @CONTROL@
      pubsub_endpoint = @EVENTS@
      state_dir = @DIR@/state
      [program:a]
      command=sh -c 'echo from a; exec sleep 1000'
      stdout_logfile=/dev/stdout
      stdout_logfile_maxbytes=0
      output_prefix=true
      """, file: "supervisord.conf")
    #expect(eventually { daemon.log.contains("a | from a\n") }, "\(daemon.log)")
    #expect(try daemon.quit() == 0)
  }
}
