import CircusModel
import JSON
import LinuxSystem

/// What another program in this process has to know: which process descends from which, what was signalled, and which
/// orphans were there before.
extension Lineage {
  /// Noted descendants, policies, sent signals and known orphans, for `resume`.
  package var handedOver: JSON {
    func each(_ json: (Family) -> JSON?) -> JSON {
      .object(
        JSONObject(families.compactMap { pid, family in json(family).map { ("\(pid)", $0) } }))
    }
    return [
      "noted": each { $0.noted.isEmpty ? nil : .array($0.noted.map(\.handedOver)) },
      "policies": each { .string($0.policy.rawValue) },
      "group_signals": each { $0.groupSignal.map(\.handedOver) },
      "signalled": each { family in
        family.signalled.isEmpty
          ? nil : .array(family.signalled.map { .int(Int($0.rawValue)) })
      },
      "seen": .array(seen.map(\.handedOver)),
    ]
  }

  /// Goes on with the `handedOver` of an earlier program. What is not understood is passed over.
  package func resume(_ left: JSON) {
    func each(_ key: String, _ read: (inout Family, JSON) -> Void) {
      for (leader, json) in left[key]?.object?.members ?? [] {
        guard let leader = Int32(leader) else { continue }
        read(&families[PID(leader), default: Family()], json)
      }
    }
    each("noted") { $0.noted = Self.descendants($1) }
    each("policies") { family, json in
      family.policy = json.string.flatMap(DescendantPolicy.init(text:)) ?? family.policy
    }
    each("group_signals") { $0.groupSignal = GroupSignal($1) }
    each("signalled") {
      $0.signalled = Set(($1.array ?? []).compactMap(\.int).map(PID.init(number:)))
    }
    for leader in families.keys {
      families[leader]?.isDead = proc.facts(of: leader.rawValue).map(\.isZombie) ?? true
    }
    seen = Self.descendants(left["seen"] ?? .null)
  }

  private static func descendants(_ list: JSON) -> Set<Descendant> {
    Set((list.array ?? []).compactMap(Descendant.init))
  }
}

extension PID {
  fileprivate init(number: Int) { self.init(Int32(truncatingIfNeeded: number)) }
}

extension Lineage.Descendant {
  fileprivate var handedOver: JSON { .array([.int(Int(pid)), .int(start)]) }

  fileprivate init?(_ left: JSON) {
    let numbers = (left.array ?? []).compactMap(\.int)
    guard numbers.count == 2 else { return nil }
    self.init(pid: Int32(truncatingIfNeeded: numbers[0]), start: numbers[1])
  }
}

extension Lineage.GroupSignal {
  fileprivate var handedOver: JSON { .array([.int(Int(signal.number)), .int(tick)]) }

  fileprivate init?(_ left: JSON) {
    let numbers = (left.array ?? []).compactMap(\.int)
    guard numbers.count == 2 else { return nil }
    self.init(signal: Signal(Int32(truncatingIfNeeded: numbers[0])), tick: numbers[1])
  }
}
