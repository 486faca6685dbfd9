import CircusModel
import Glibc
import LinuxSystem
import Testing

@testable import CircusLog

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

  // MARK: links

  /// The owner of a directory that root writes logs to plants a link; numbers of the user `games`.
  @Test(
    .enabled(if: Users.isRoot, "only root can give files away"),
    arguments: ["x.log", "x.log.new", "x.log.1"])
  func rootDoesNotFollowALinkThatALesserUserHasPlanted(name: String) throws {
    let folder = Folder()
    let secret = Folder()
    let target = try FileDescriptor.open(secret.path + "/target", O_WRONLY | O_CREAT)
    try writeAll(target.number, Array("secret\n".utf8))
    chown(folder.path, 5, 60)
    let plant = {
      symlink(secret.path + "/target", "\(folder.path)/\(name)")
      lchown("\(folder.path)/\(name)", 5, 60)
    }
    if name == "x.log" {
      plant()
      #expect(throws: Errno.self) { _ = try self.open(folder, 10, 2, .afterWrite) }
    } else {
      let file = try open(folder, 10, 2, .afterWrite)
      plant()
      for _ in 0..<3 { write("0123456789\n", file) }
      #expect(file.clear())
      // Put in the place of the file itself, it is neither written through nor removed with its target.
      Files.remove(folder.path + "/x.log")
      symlink(secret.path + "/target", folder.path + "/x.log")
      lchown(folder.path + "/x.log", 5, 60)
      file.reopen()
      write("again\n", file)
      #expect(!file.clear())
    }
    #expect(secret.text("target") == "secret\n")
    #expect(secret.all == ["target"])
  }

  /// Links between directories of one user, and those of root, lead where they say.
  @Test(
    .enabled(if: Users.isRoot, "only root can give files away"),
    arguments: [(uid_t(0), uid_t(0)), (5, 5), (0, 5)])
  func linksThatGiveNoRightsAreFollowed(owner: uid_t, directory: uid_t) throws {
    let folder = Folder()
    let release = Folder()
    chown(release.path, directory, 60)
    symlink(release.path, folder.path + "/current")
    lchown(folder.path + "/current", owner, 60)
    let file = try LogFile(path: folder.path + "/current/x.log")
    write("line\n", file)
    #expect(release.text("x.log") == "line\n")
  }

  // MARK: many files

  @Test func aPeriodThatComesTwiceLosesNothing() throws {
    let folder = Folder()
    let place = folder.path + "/x.log"
    for (text, old) in [("first\n", "x.log.2026102502"), ("second\n", "x.log.2026102502.1")] {
      let file = try LogFile(path: place)
      write(text, file)
      LogRotation.putAside(try CheckedPath(place), under: ".2026102502", backups: 5)
      #expect(folder.text(old) == text)
    }
    _ = try LogFile(path: place)
    LogRotation.putAside(try CheckedPath(place), under: ".2026102503", backups: 2)
    #expect(folder.all == ["x.log.2026102502.1", "x.log.2026102503"])
  }

  @Test func tinyFilesInOneWriteHoldNothingUp() throws {
    let folder = Folder()
    let file = try open(folder, 10, 3_000, .afterWrite)
    let line = "0123456789\n"
    let begin = Clock.monotonic
    for _ in 0..<4 { write(String(repeating: line, count: 20_000), file) }
    // Eighty thousand rotations would take minutes.
    #expect(Clock.monotonic - begin < 5_000_000_000)
    let bytes = folder.all.reduce(0) { $0 + (Files.size("\(folder.path)/\($1)") ?? 0) }
    #expect(bytes == 4 * 20_000 * line.utf8.count)
  }
}
