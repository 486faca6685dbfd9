import Glibc
import LinuxSystem
import Testing

private let corpus = Path.package + "/../shared/corpus"

/// `circusctl convert`, with the stock parsers of both systems as judges: they read the file and what became of it.
@Suite(.enabled(if: Files.isDirectory(corpus), "no corpus beside this checkout"))
struct ConversionTests {

  /// What differs without a note about it, one a line.
  private func differences(_ files: [String]) -> Output {
    run(
      Path.package + "/.venv/bin/python",
      [
        Path.package + "/Tests/IntegrationTests/clients/conversions.py",
        corpus + "/reference.py", TestDaemon.programs + "/circusctl",
      ] + files)
  }

  @Test func realFilesAreTheSameInBothSystemsOrSayWhatDiffers() {
    let files =
      Files.glob("\(corpus)/circus/*.ini") + Files.glob("\(corpus)/supervisor/*.conf")
    let output = differences(files)
    #expect(output.out == "")
    #expect(output.status == 0, "\(output.error)")
  }

  @Test(arguments: [
    (
      "a.ini",
      """
      [env]
      PATH = /opt/bin:$PATH
      TOKEN = $(circus.env.TOKEN)
      [watcher:a b]
      cmd = run $(circus.wid) ((circus.env.Key)) --x 'y; z' "q #r"
      copy_env = True
      numprocesses = $(circus.env.N)
      stop_signal = quit
      stdout_stream.class = QueueStream
      [env:a b]
      Q = it's
      U = a #b
      V = 50%
      W = "x"
      [watcher:sh]
      cmd = cd /x; ls | grep "a #b"
      shell = True
      shell_args = u $(circus.wid)
      working_dir = /tmp
      respawn = False
      """
    ),
    (
      "a.conf",
      """
      [supervisord]
      environment=A="b c",B="%(ENV_NOPE)s/x"
      user=root
      [program:web]
      command=/bin/serve --key %(ENV_KEY)s 50%% --n %(process_num)02d "a b"
      numprocs=3
      process_name=w_%(process_num)02d
      environment=PATH="/x:%(ENV_PATH)s",SAME="%(ENV_SAME)s",N="%(process_num)d"
      stdout_logfile=/dev/stdout
      stdout_logfile_maxbytes=0
      stderr_logfile=/var/log/%(program_name)s_%(process_num)d.log
      stopsignal=QUIT
      startretries=0
      [program:two]
      command=cat %(ENV_PATH)s
      numprocs=%(ENV_N)s
      process_name=%(program_name)s-%(process_num)s
      autostart=false
      autorestart=false
      redirect_stderr=true
      stdout_logfile=/tmp/two.log
      """
    ),
  ])
  func oddFilesToo(_ path: String, _ text: String) {
    let directory = Path.makeTemporary()
    defer {
      Files.remove("\(directory)/\(path)")
      rmdir(directory)
    }
    Path.write(text, to: "\(directory)/\(path)")
    let output = differences(["\(directory)/\(path)"])
    #expect(output.out == "")
    #expect(output.status == 0, "\(output.error)")
  }
}
