import CircusCore
import CircusModel
import EventLoop
import LinuxSystem

/// On what one process says how it is doing: a socket, or a pipe. A line of its output needs none.
package final class ReadyChannel {
  /// What is heard on it.
  enum Word {
    /// Another process of its own is the main one.
    case named(PID)
    case said(Notification)
    /// The other end is closed, and a newline has not come.
    case closed
  }

  private let socket: NotifySocket?
  /// Its read end.
  private let pipe: Int32?
  /// The user whose processes may write to the socket.
  private let owner: UInt32
  /// Who may say what for the process.
  private let access: NotifyAccess
  /// By which processes the one is known that is listened to; nil: there is none yet.
  var leaders: Leaders?
  private var registration: Registration?
  private var heard: (Word) -> Void = { _ in }
  private let proc: ProcFS
  private let log: (String) -> Void
  /// A newline has come.
  private var isReady = false
  private var hasComplained = false
  /// Datagrams in one turn, and what is read of a pipe: one process must not keep the others waiting.
  private static let fairness = 64

  /// One of both; `pipe` is closed with it.
  init(
    socket: NotifySocket?, pipe: Int32?, owner: UInt32, access: NotifyAccess, proc: ProcFS,
    log: @escaping (String) -> Void
  ) {
    self.socket = socket
    self.pipe = pipe
    self.owner = owner
    self.access = access
    self.proc = proc
    self.log = log
    if let pipe { setNonBlocking(pipe, true) }
  }

  deinit { if let pipe { closeDescriptor(pipe) } }

  /// Our end.
  var number: Int32 { socket?.number ?? pipe ?? -1 }
  /// The kernel's number of it, by which a later daemon finds it.
  var inode: UInt64 { LinuxSystem.inode(of: number) }
  /// Where the process finds the socket; nil: it is a pipe.
  var path: String? { socket?.path }

  /// Listens to a process that has been started, or taken over.
  func listen(_ loop: EventLoop, _ heard: @escaping (Word) -> Void) {
    self.heard = heard
    registration = loop.whenReadable(number) { [unowned self] in
      read(atMost: Self.fairness)
      loop.hasPendingWork = true
    }
  }

  /// The process is dead: what it has said last is heard before its end.
  func hear() { read(atMost: 16 * Self.fairness) }

  /// Nothing more is heard.
  func finish() {
    hear()
    registration?.cancel()
    registration = nil
    socket?.remove()
  }

  private func read(atMost count: Int) {
    if socket != nil { readSocket(count) } else { readPipe(count) }
  }

  // MARK: newline

  private func readPipe(_ count: Int) {
    guard let pipe else { return }
    for _ in 0..<count {
      var buffer = [UInt8](repeating: 0, count: 512)
      let length = buffer.withUnsafeMutableBytes { (try? readSome(pipe, $0)) ?? -1 }
      guard length >= 0 else { return }
      if length == 0 {
        registration?.cancel()
        registration = nil
        if !isReady { heard(.closed) }
        return
      }
      // Read on all the same: a full pipe would stop the process.
      if !isReady, buffer.prefix(length).contains(10) {
        isReady = true
        heard(.said(.ready))
      }
    }
  }

  // MARK: datagrams

  private func readSocket(_ count: Int) {
    for _ in 0..<count {
      switch socket?.receive() {
      case .nothing?, nil: return
      case .dropped?: complain("a message was too long or not whole")
      case .datagram(let datagram)?:
        take(datagram)
        closeDescriptor(datagram.descriptor)
      }
    }
  }

  private func take(_ datagram: NotifySocket.Datagram) {
    guard [0, owner, Users.current].contains(datagram.sender.uid) else { return }
    guard var text = NotificationText(datagram.text) else { return complain("a message has a NUL") }
    // All before it has been heard: the close of its descriptor says so.
    if text.isBarrier { return }
    let pid = datagram.sender.pid
    let refused = text.keep(allowed: access, to: speaker(datagram.sender), pid)
    if !refused.isEmpty {
      complain("process \(pid) may not say \(refused.joined(separator: ", ")) for it")
    }
    if let main = text.main { heard(.named(PID(main))) }
    heard(.said(text.notification))
  }

  private func speaker(_ sender: (pid: Int32, uid: UInt32)) -> NotifyAccess.Speaker {
    if sender.uid == 0 || sender.pid == leaders?.main.rawValue { return .itself }
    let isOwn = leaders?.all.contains { proc.isOf($0.rawValue, sender.pid) } ?? false
    return isOwn ? .descendant : .stranger
  }

  /// Once for each process.
  func complain(_ problem: String) {
    guard !hasComplained, let leader = leaders?.main else { return }
    hasComplained = true
    log("[pid \(leader)]: \(problem); it is not heeded")
  }
}
