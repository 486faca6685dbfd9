/// Who is below whom.
extension ProcFS {
  /// Whether a process is another one, descends from it, or is in its session or process group. One that is gone
  /// belongs to whoever could hand it what it has used.
  package func isOf(_ leader: Int32, _ pid: Int32) -> Bool {
    var place = pid
    for step in 0..<64 {
      if place == leader { return true }
      guard let facts = facts(of: place), !facts.isZombie else { return step == 0 }
      if facts.session == leader || facts.group == leader { return true }
      guard facts.parent > 1 else { return false }
      place = facts.parent
    }
    return false
  }
}
