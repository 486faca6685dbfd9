import LinuxSystem
import ProgramOptions

/// What echo_supervisord_conf prints: a file that works as it is, and every option there is.
package enum SampleConfiguration {
  /// Prints it; the stock program ignores its arguments, so that only these two mean anything.
  package static func run(_ words: [String]) -> Int32 {
    switch words.first {
    case "--version"?: Release.tell(Release.supervisor)
    case "-h"?, "--help"?: try? writeAll(1, Array((help + "\n").utf8))
    default: try? writeAll(1, Array(text.utf8))
    }
    return 0
  }

  private static let help = """
    usage: echo_supervisord_conf > supervisord.conf

    Prints a configuration file for supervisord that works as it is. Every option is in
    it; those that are commented out show their defaults.
    """

  /// The file. Sections and options that are commented out show their defaults.
  package static let text = """
    ; Sample supervisor config file.
    ;
    ; A comment starts with a semicolon; behind a value a blank has to stand before it. Values may use
    ; environment variables, %(ENV_HOME)s, and the directory of this file, %(here)s. A percent sign is
    ; written twice: %%.

    [unix_http_server]
    file=/tmp/supervisor.sock   ; the socket supervisorctl talks to
    ;chmod=0700                 ; mode of the socket file
    ;chown=nobody:nogroup       ; owner of the socket file
    ;username=user              ; with a password: Basic authentication
    ;password=123               ; in clear, or {SHA} and the SHA-1 in hexadecimal digits

    ; A client that reaches this address can run programs as this user: set a password.
    ;[inet_http_server]
    ;port=127.0.0.1:9001        ; host:port; *:port is every address
    ;username=user
    ;password=123

    [supervisord]
    logfile=/tmp/supervisord.log ; main log
    logfile_maxbytes=50MB        ; rotated at this size; 0: never
    logfile_backups=10           ; rotated logs that are kept
    loglevel=info                ; critical, error, warn, info, debug, trace, blather
    pidfile=/tmp/supervisord.pid ; where the process id is written
    nodaemon=false               ; true: stay in the foreground
    silent=false                 ; true: in the foreground, do not repeat the log on stdout
    minfds=1024                  ; descriptors that must be available
    minprocs=200                 ; processes that must be available
    ;umask=022                   ; file mode mask in the background
    ;user=supervisor-user        ; who to become when started as root
    ;identifier=supervisor       ; name of this instance
    ;directory=/tmp              ; where to go in the background
    ;nocleanup=true              ; keep AUTO logs of earlier runs
    ;childlogdir=/tmp            ; where AUTO logs go
    ;environment=KEY="value"     ; variables for every program
    ;strip_ansi=false            ; take escape sequences out of what programs print

    [rpcinterface:supervisor]
    supervisor.rpcinterface_factory = supervisor.rpcinterface:make_main_rpcinterface

    [supervisorctl]
    serverurl=unix:///tmp/supervisor.sock ; where supervisord is found
    ;serverurl=http://127.0.0.1:9001
    ;username=user
    ;password=123
    ;prompt=supervisor           ; of the shell
    ;history_file=~/.sc_history  ; of the shell

    ;[program:theprogramname]
    ;command=/bin/cat              ; the program, with arguments; no shell
    ;process_name=%(program_name)s ; %(process_num)02d is needed with numprocs above 1
    ;numprocs=1                    ; how many processes
    ;numprocs_start=0              ; number of the first one
    ;directory=/tmp                ; where it is run
    ;umask=022                     ; its file mode mask
    ;priority=999                  ; lower starts first and stops last
    ;autostart=true                ; started with supervisord
    ;startsecs=1                   ; up this long: it is RUNNING
    ;startretries=3                ; attempts after a failed start
    ;autorestart=unexpected        ; false, true, or after an exit that was not expected
    ;exitcodes=0                   ; what is expected
    ;stopsignal=TERM               ; what stops it
    ;stopwaitsecs=10               ; from there to SIGKILL
    ;stopasgroup=false             ; the stop signal goes to its whole process group
    ;killasgroup=true              ; and so does SIGKILL; false: only the process itself is ended
    ;stop_descendants=session      ; what else a stop ends: session, all or none
    ;user=nobody                   ; who runs it
    ;redirect_stderr=false         ; stderr goes where stdout goes
    ;stdout_logfile=/a/path        ; NONE: nowhere, AUTO: a file that is made for it
    ;stdout_logfile_maxbytes=50MB  ; rotated at this size
    ;stdout_logfile_backups=10     ; rotated logs that are kept
    ;stdout_capture_maxbytes=0     ; bytes kept of what it prints in capture mode
    ;stdout_events_enabled=false   ; what it prints goes to listeners
    ;stdout_syslog=false           ; and to syslog
    ;stderr_logfile=/a/path        ; as for stdout, like the five that follow
    ;stderr_logfile_maxbytes=50MB
    ;stderr_logfile_backups=10
    ;stderr_capture_maxbytes=0
    ;stderr_events_enabled=false
    ;stderr_syslog=false
    ;environment=A="1",B="2"       ; more variables
    ;serverurl=AUTO                ; what it finds as SUPERVISOR_SERVER_URL

    ; Programs that get events, one at a time. All options of programs, and:
    ;[eventlistener:theeventlistenername]
    ;command=/bin/eventlistener
    ;events=PROCESS_STATE          ; what it hears
    ;buffer_size=10                ; events that may wait

    ;[group:thegroupname]
    ;programs=progname1,progname2  ; programs that belong together
    ;priority=999

    ;[include]
    ;files = relative/directory/*.ini

    """
}
