import Glibc

/// Another program, run to its end with our standard streams.
package enum Child {
  /// Its exit status, 128 and the signal that ended it, or 127: it could not be started. Its name is looked for in PATH;
  /// `output` becomes its standard output.
  package static func run(
    _ words: [String], in directory: String? = nil,
    environment: [String: String] = Environment.variables,
    output: Int32 = 1
  ) -> Int32 {
    var request = SpawnRequest()
    request.arguments = words
    let name = words.first ?? ""
    let path = Environment.variables["PATH"] ?? "/usr/bin:/bin"
    request.candidates =
      name.contains("/") ? [name] : path.split(separator: ":").map { "\($0)/\(name)" }
    request.environment = environment.map { "\($0.key)=\($0.value)" }
    request.directory = directory
    request.stdio = [nil, output, nil]
    request.startsSession = false
    guard let spawner = try? Spawner(), let pid = try? spawner.spawn(request) else { return 127 }
    var status: Int32 = 0
    while waitpid(pid, &status, 0) < 0 && errno == EINTR {}
    return status & 0x7f == 0 ? (status >> 8) & 0xff : 128 + (status & 0x7f)
  }
}
