import CircusConfig
import ConfigurationFiles
import LinuxSystem

/// `circusctl convert FILE`: the file in the other system's words, on standard output; needs no daemon.
enum Convert {
  static let command = LocalCommand(
    verb: "convert",
    summary: "Print a circus file as a supervisor file, or the other way round",
    help: """
      usage: circusctl convert <file>

      Print a circus file as a supervisor file, or the other way round

      What has no equivalent is listed in comments at the top. Ends with 1 when the file
      cannot be read or converted.
      """,
    run: run)

  private static func run(_ words: [String]) -> Int32 {
    guard words.count == 1, let path = words.first else {
      return command.misuse("Invalid number of arguments")
    }
    do {
      let conversion = try Conversion(
        of: path, files: DiskFiles(), environment: Environment.variables,
        hostName: Environment.hostName, workingDirectory: Files.currentDirectory)
      try writeAll(1, Array(conversion.text.utf8))
      return 0
    } catch let failure as Conversion.Failure {
      Terminal.complain(failure.text)
    } catch {
      Terminal.complain("\(error)")
    }
    return 1
  }
}
