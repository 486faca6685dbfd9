import CircusConfig
import CircusModel
import CircusWire
import ConfigurationFiles
import LinuxSystem

/// `circusctl install-service FILE`: checks a configuration and writes the unit that runs it under systemd.
struct InstallService {
  static let command = LocalCommand(
    verb: "install-service",
    summary: "Check a configuration file and write the systemd unit that runs it",
    help: """
      usage: circusctl install-service [--user] [--name NAME] [--now] [--show] [--root DIRECTORY] <file>

      Check a configuration file of circus or supervisor as systemd would find it, and write
      the unit that runs it: /etc/systemd/system/NAME.service.

      options:
        --user            a unit of your own: ~/.config/systemd/user/NAME.service
        --name NAME       the unit's name; by default the file's, without its end
        --now             enable and start it
        --show            print the unit, write nothing
        --root DIRECTORY  write below DIRECTORY, where programs and file are looked for, too;
                        users, ports and directories are not checked then

      Ends with 1 when the file has errors or the unit cannot be written.
      """,
    options: ["--user", "--name", "--now", "--show", "--root"],
    run: { words in
      do {
        return try InstallService(words).run()
      } catch let error as UsageError {
        return LocalCommand.named("install-service")?.misuse(error.text) ?? 2
      } catch let error as Failure {
        Terminal.complain(error.text)
      } catch {
        Terminal.complain("\(error)")
      }
      return 1
    })

  private struct Failure: Error { var text: String }

  /// The environment of systemd's services, but for what the unit sets.
  private static let environment = [
    "PATH": "/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin", "LANG": "C.UTF-8",
  ]

  private var isUser = false
  private var starts = false
  private var shows = false
  private var root = ""
  private var name: String?
  private var file = ""

  private init(_ words: [String]) throws {
    var rest = words[...]
    func value(_ option: String) throws -> String {
      guard let value = rest.popFirst(), !value.isEmpty else {
        throw UsageError("\(option) needs a value")
      }
      return value
    }
    while let word = rest.popFirst() {
      switch word {
      case "--user": isUser = true
      case "--now": starts = true
      case "--show": shows = true
      case "--name": name = try value(word)
      case "--root":
        root = Files.absolute(try value(word))
        if root == "/" { root = "" }
      case _ where word.hasPrefix("-") || !file.isEmpty:
        throw UsageError("\(word): not expected")
      default: file = root.isEmpty ? Files.absolute(word) : word
      }
    }
    guard !file.isEmpty else { throw UsageError("which file?") }
    guard file.hasPrefix("/") else {
      throw UsageError("\(file): name the whole path below \(root)")
    }
    if starts, !root.isEmpty { throw UsageError("--now: nothing below --root runs") }
  }

  private func run() throws -> Int32 {
    try check()
    let unit = try describe()
    if shows {
      StandardOutput.write(unit.text)
      return 0
    }
    let path = try write(unit)
    Terminal.say("wrote \(path)")
    return activate(path)
  }

  // MARK: what it runs

  /// The path of a program, as the unit is to name it.
  private func program(_ name: String) throws -> String {
    guard root.isEmpty else {
      for directory in ["/usr/local/bin", "/usr/bin", "/bin"] {
        let path = "\(directory)/\(name)"
        if Files.isExecutable(root + path) { return path }
      }
      throw Failure(text: "\(root)/usr/bin/\(name) is missing: install swift-circus there first")
    }
    guard let path = Program.sibling(name).first, path.hasPrefix("/") else {
      throw Failure(text: "\(name) is not beside this circusctl: install both in one directory")
    }
    return path
  }

  /// As systemd will run it: in `/`, with its environment. What another root lacks cannot be told from here.
  private func check() throws {
    guard root.isEmpty else { return }
    let environment = isUser ? Environment.variables : Self.environment
    let status = Child.run(
      Program.sibling("circusd") + ["--check", file], in: "/", environment: environment,
      output: shows ? 2 : 1)
    guard status == 0 else {
      throw Failure(text: "\(file) has errors: no unit was written")
    }
  }

  private func describe() throws -> ServiceUnit {
    var reader = ConfigurationReader(
      files: DiskFiles(), environment: Environment.variables, hostName: Environment.hostName,
      workingDirectory: "/")
    guard let configuration = reader.read(root + file) else {
      throw Failure(text: reader.diagnostics.errors.map(\.text).joined(separator: "\n"))
    }
    let settings = configuration.settings
    let stop: (Double, String)?
    if let limit = settings.stopTimeout?.seconds {
      stop = (limit, "stop_timeout, and a little more")
    } else if configuration.watchers.isEmpty {
      // What will be in it later is not known.
      stop = nil
    } else {
      let chain = StopChain(of: configuration.watchers)
      stop = (chain.seconds, "A stop takes so long at most, and a little more: \(chain.text)")
    }
    var unit = ServiceUnit(
      description: "what \(file) describes", start: [], reload: nil, stop: stop, isUser: isUser)
    if configuration.hasCircusPart {
      unit.start = [try program("circusd"), file]
      let isUsual = settings.endpoint == ControlArguments.defaultEndpoint
      let endpoint = isUsual ? [] : ["--endpoint", settings.endpoint]
      unit.reload = [try program("circusctl")] + endpoint + ["reloadconfig"]
    } else {
      unit.start = [try program("supervisord"), "-n", "-c", file]
      if !settings.servers.isEmpty {
        unit.reload = [try program("supervisorctl"), "-c", file, "update"]
      }
    }
    return unit
  }

  // MARK: where it goes

  private var unitName: String {
    if let name { return name.hasSuffix(".service") ? name : "\(name).service" }
    let base = file.split(separator: "/").last.map(String.init) ?? ""
    let stem = base.lastIndex(of: ".").map { String(base[..<$0]) } ?? base
    return "\(stem).service"
  }

  private func write(_ unit: ServiceUnit) throws -> String {
    var directory = "/etc/systemd/system"
    if isUser {
      let home = Environment.variables["HOME"] ?? ""
      directory = (Environment.variables["XDG_CONFIG_HOME"] ?? "\(home)/.config") + "/systemd/user"
    }
    let path = "\(root)\(directory)/\(unitName)"
    if let old = try? Files.read(path), !old.starts(with: Array(ServiceUnit.mark.utf8)) {
      throw Failure(
        text: "\(path) is there and was written by others: choose another --name, or remove it")
    }
    do {
      Files.makeParents(of: path)
      try Files.replace(path, with: Array(unit.text.utf8))
    } catch {
      throw Failure(text: "\(path) cannot be written: \(error)")
    }
    return path
  }

  /// Has systemd look at it, and start it where that is asked for.
  private func activate(_ path: String) -> Int32 {
    guard root.isEmpty else { return 0 }
    let manager = isUser ? ["--user"] : []
    // Of a user's it asks the manager. Where there is no systemd, there is none to verify with.
    let isSilent = isUser && Environment.variables["XDG_RUNTIME_DIR"] == nil
    let verified =
      isSilent ? 0 : Child.run(["systemd-analyze", "--man=no"] + manager + ["verify", path])
    if verified != 0, verified != 127 {
      Terminal.complain("systemd-analyze verify \(path) ended with \(verified): see above")
    }
    guard Files.isDirectory("/run/systemd/system") else {
      Terminal.say("systemd does not run here")
      return starts ? 1 : 0
    }
    let enable = ["systemctl"] + manager + ["enable", "--now", unitName]
    guard Child.run(["systemctl"] + manager + ["daemon-reload"]) == 0 else { return 1 }
    if starts { return Child.run(enable) == 0 ? 0 : 1 }
    Terminal.say("start it, now and at boot: \(enable.joined(separator: " "))")
    return 0
  }
}
