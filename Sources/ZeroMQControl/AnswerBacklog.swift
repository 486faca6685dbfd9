import ZeroMQ

/// Answers that clients of a ROUTER socket do not take yet. libzmq bounds what waits for a peer by the number of
/// messages; one answer may be a megabyte, so the bytes are counted here.
struct AnswerBacklog {
  private var waiting: [[UInt8]: [[[UInt8]]]] = [:]
  private var bytes: [[UInt8]: Int] = [:]
  private var total = 0
  /// Messages libzmq itself keeps for one peer.
  static let highWater: Int32 = 16
  /// Bytes that wait for one client, and for all of them.
  private static let most = 16 << 20
  private static let mostOfAll = 64 << 20

  var isEmpty: Bool { waiting.isEmpty }

  /// Sends an answer, or keeps it until the client reads. Throws for an answer that is lost: its client is gone, or
  /// has not read enough of the earlier ones.
  mutating func send(_ frames: [[UInt8]], to peer: [UInt8], _ socket: Socket) throws(ZeroMQError) {
    if waiting[peer] == nil {
      do throws(ZeroMQError) { return try socket.send(frames) } catch {
        guard error.wouldBlock else { throw error }
      }
    }
    let size = frames.reduce(0) { $0 + $1.count }
    guard bytes[peer, default: 0] + size <= Self.most, total + size <= Self.mostOfAll else {
      throw ZeroMQError.full
    }
    waiting[peer, default: []].append(frames)
    bytes[peer, default: 0] += size
    total += size
  }

  /// Sends what is taken by now.
  mutating func flush(_ socket: Socket) {
    for (peer, answers) in waiting {
      var sent = 0
      var isGone = false
      for frames in answers {
        do throws(ZeroMQError) { try socket.send(frames) } catch {
          isGone = !error.wouldBlock
          break
        }
        sent += 1
      }
      let rest = isGone ? [] : Array(answers.dropFirst(sent))
      let size = rest.reduce(0) { $0 + $1.reduce(0) { $0 + $1.count } }
      total += size - (bytes[peer] ?? 0)
      bytes[peer] = rest.isEmpty ? nil : size
      waiting[peer] = rest.isEmpty ? nil : rest
    }
  }
}
