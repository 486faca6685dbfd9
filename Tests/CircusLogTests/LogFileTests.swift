import CircusLog
import CircusModel
import Glibc
import LinuxSystem
import Testing

/// Rotation, byte by byte.
@Suite struct LogFileTests {
  private final class Folder {
    let path: String
    init() {
      var template = Array("/tmp/circus-log-XXXXXX".utf8CString)
      path = mkdtemp(&template).map { String(cString: $0) } ?? "/tmp"
    }
    deinit {
      for name in Files.list(path) { Files.remove("\(path)/\(name)") }
      rmdir(path)
    }
    func text(_ name: String) -> String {
      (try? Files.read("\(path)/\(name)")).map { String(decoding: $0, as: UTF8.self) } ?? ""
    }
    var all: [String] { Files.list(path).sorted() }
  }

  private func write(_ text: String, _ file: LogFile) {
    Array(text.utf8).withUnsafeBytes { _ = file.write($0) }
  }

  private func open(
    _ folder: Folder, _ max: Int, _ backups: Int, _ rotation: FileStreamSpec.Rotation
  ) throws -> LogFile {
    try LogFile(
      FileStreamSpec(
        path: folder.path + "/x.log", maxBytes: max, backups: backups, rotation: rotation))
  }

  @Test func circusRollsBeforeTheLineThatWouldReachTheLimit() throws {
    let folder = Folder()
    let file = try open(folder, 10, 2, .beforeWrite)
    for line in ["aaa\n", "bbb\n", "ccc\n", "ddd\n", "eee\n", "fff\n", "ggg\n"] {
      write(line, file)
    }
    #expect(folder.text("x.log") == "ggg\n")
    #expect(folder.text("x.log.1") == "eee\nfff\n")
    #expect(folder.text("x.log.2") == "ccc\nddd\n")
    #expect(folder.all.count == 3)
  }

  @Test func theFileBehindALinkIsRotatedAndCleared() throws {
    let folder = Folder()
    symlink(folder.path + "/real.log", folder.path + "/x.log")
    let file = try open(folder, 10, 2, .afterWrite)
    write("0123456789\n", file)
    write("next\n", file)
    #expect(folder.all == ["real.log", "real.log.1", "x.log"])
    #expect(Files.isLink(folder.path + "/x.log"))
    #expect(folder.text("x.log") == "next\n")
    #expect(file.clear())
    write("after\n", file)
    #expect(Files.isLink(folder.path + "/x.log"))
    #expect(folder.text("real.log") == "after\n")
  }

  @Test func namesOfTheSystemAreLeftAlone() throws {
    // Standard output may be a file; its name is not to be removed or renamed.
    let link = "/dev/fd/1"
    let before = Files.isLink("/dev/stdout")
    let file = try LogFile(
      FileStreamSpec(path: "/dev/stdout", maxBytes: 1, backups: 1, rotation: .afterWrite))
    #expect(file.clear())
    #expect(Files.isLink("/dev/stdout") == before && Files.exists(link))
  }

  @Test func oneBigChunkIsDividedAtLineEnds() throws {
    let folder = Folder()
    let file = try open(folder, 10, 9, .beforeWrite)
    write("aaa\nbbb\nccc\nddd\ntoolongline\nx\npartial", file)
    #expect(folder.all.count == 4)
    let whole = folder.all.sorted().reversed().map { folder.text($0) }.joined()
    #expect(whole == "aaa\nbbb\nccc\nddd\ntoolongline\nx\npartial")
    #expect(folder.text("x.log") == "x\npartial")
  }

  @Test func circusWithoutBackupsLetsTheFileGrow() throws {
    let folder = Folder()
    let file = try open(folder, 5, 0, .beforeWrite)
    write("aaaa\nbbbb\ncccc\n", file)
    #expect(folder.text("x.log") == "aaaa\nbbbb\ncccc\n")
  }

  @Test func supervisorRollsAfterTheLineThatReachedTheLimit() throws {
    let folder = Folder()
    let file = try open(folder, 8, 2, .afterWrite)
    write("aaa\nbbb\nccc\nddd\neee\n", file)
    #expect(folder.text("x.log") == "eee\n")
    #expect(folder.text("x.log.1") == "ccc\nddd\n")
    #expect(folder.text("x.log.2") == "aaa\nbbb\n")
  }

  @Test func supervisorWithoutBackupsTruncates() throws {
    let folder = Folder()
    let file = try open(folder, 8, 0, .afterWrite)
    write("aaa\nbbb\nccc\n", file)
    #expect(folder.text("x.log") == "ccc\n")
  }

  @Test func movedFileIsBegunAnew() throws {
    let folder = Folder()
    let file = try open(folder, 0, 0, .beforeWrite)
    write("one\n", file)
    try Files.rename(folder.path + "/x.log", folder.path + "/old")
    write("two\n", file)
    file.reopenIfMoved()
    write("three\n", file)
    #expect(folder.text("old") == "one\ntwo\n")
    #expect(folder.text("x.log") == "three\n")
  }

  @Test func everyByteIsSomewhereWhateverTheSizes() throws {
    for rotation in [FileStreamSpec.Rotation.beforeWrite, .afterWrite] {
      for limit in [1, 2, 7, 64, 1_000] {
        let folder = Folder()
        let file = try open(folder, limit, 2_000, rotation)
        var wanted = ""
        for index in 0..<60 {
          let chunk =
            String(repeating: "\(index % 10)", count: index * 7 % 23) + (index % 3 == 0 ? "\n" : "")
          wanted += chunk
          write(chunk, file)
        }
        let names = folder.all.sorted {
          (Int($0.dropFirst(6)) ?? 0) > (Int($1.dropFirst(6)) ?? 0)
        }
        #expect(names.map { folder.text($0) }.joined() == wanted, "\(rotation) \(limit)")
      }
    }
  }
}
