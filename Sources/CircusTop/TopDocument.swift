import JSON

/// A snapshot for other programs: `circus-top --json`.
enum TopDocument {
  static func json(_ model: TopModel) -> JSON {
    let groups = model.groups.values.sorted { $0.name < $1.name }.map { group -> (String, JSON) in
      (
        group.name,
        [
          "status": group.status.map { .string($0) } ?? .null,
          "condition": group.condition.map { .string($0) } ?? .null,
          "restarts": group.restarts.map { .int($0) } ?? .null, "cpu": number(group.cpu),
          "mem": number(group.memory), "age": number(group.age),
          "processes": .array(
            group.processes.values.sorted { $0.pid < $1.pid }.map { process($0) }),
        ]
      )
    }
    let sockets = model.sockets.sorted { $0.key < $1.key }.map { entry -> JSON in
      [
        "fd": .int(entry.key), "address": .string(entry.value.address),
        "reads": .int(entry.value.reads),
      ]
    }
    return ["groups": .object(JSONObject(groups)), "sockets": .array(sockets)]
  }

  private static func process(_ process: TopModel.Process) -> JSON {
    [
      "pid": .int(process.pid), "command": .string(process.command), "cpu": number(process.cpu),
      "mem": number(process.memory), "age": number(process.age),
      "rss": .string(process.resident),
      "restarts": process.restarts.map { .int($0) } ?? .null,
      "fds": process.descriptors.map { .int($0) } ?? .null,
      "children": .array(process.children.map(Self.process)),
    ]
  }

  private static func number(_ value: Double?) -> JSON { value.map { .double($0) } ?? .null }
}
