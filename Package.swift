// swift-tools-version: 6.1
import PackageDescription

let strict: [SwiftSetting] = [
  .swiftLanguageMode(.v6),
  .enableUpcomingFeature("ExistentialAny"),
  .enableUpcomingFeature("MemberImportVisibility"),
]

/// One library target; its dependencies are the whole list of what it may import.
func room(
  _ name: String, _ dependencies: [Target.Dependency] = [], resources: [Resource] = []
) -> Target {
  .target(
    name: name, dependencies: dependencies, resources: resources, swiftSettings: strict)
}

/// One program: argument grammar, build, run, exit.
func program(_ name: String, _ dependencies: [Target.Dependency]) -> Target {
  .executableTarget(
    name: name, dependencies: dependencies, path: "Sources/Programs/\(name)",
    swiftSettings: strict)
}

/// The tests of one room.
func tests(of name: String, _ more: [Target.Dependency] = []) -> Target {
  .testTarget(
    name: "\(name)Tests", dependencies: [.init(stringLiteral: name)] + more,
    swiftSettings: strict)
}

/// What `make fuzz` builds: needs libFuzzer, which only compilers bring.
let fuzzing: [Target] =
  Context.environment["CIRCUS_FUZZ"] == nil
  ? []
  : [
    .target(name: "CFuzz", path: "Fuzz/CFuzz"),
    .executableTarget(
      name: "fuzz",
      dependencies: [
        "CFuzz", "CircusConfig", "CircusCore", "CircusOutput", "CircusModel", "CircusWire",
        "HTTPClient", "HTTPServer", "EventLoop", "JSON", "XMLRPC", "LinuxSystem", "ZeroMQ",
      ], path: "Fuzz/Sources", swiftSettings: strict),
  ]

let package = Package(
  name: "swift-circus",
  products: [
    .library(name: "CircusClient", targets: ["CircusClient"]),
    .executable(name: "circusd", targets: ["circusd"]),
    .executable(name: "circusctl", targets: ["circusctl"]),
    .executable(name: "supervisord", targets: ["supervisord"]),
    .executable(name: "supervisorctl", targets: ["supervisorctl"]),
    .executable(name: "pidproxy", targets: ["pidproxy"]),
    .executable(name: "echo_supervisord_conf", targets: ["echo_supervisord_conf"]),
    .executable(name: "circus-plugin", targets: ["circus-plugin"]),
    .executable(name: "circusd-stats", targets: ["circusd-stats"]),
    .executable(name: "circus-top", targets: ["circus-top"]),
    .executable(name: "swift-circus", targets: ["swift-circus"]),
    .executable(name: "swift-circus-static", targets: ["swift-circus-static"]),
  ],
  targets: [
    // C libraries of the system, each wrapped in exactly one room. No `pkgConfig:`: Debian's
    // libzmq.pc makes SwiftPM warn on every build.
    .systemLibrary(name: "CZeroMQ", path: "CZeroMQ", providers: [.apt(["libzmq3-dev"])]),
    .systemLibrary(name: "CJansson", providers: [.apt(["libjansson-dev"])]),
    .systemLibrary(name: "CEvent", providers: [.apt(["libevent-dev"])]),
    .systemLibrary(name: "CExpat", providers: [.apt(["libexpat1-dev"])]),
    .systemLibrary(name: "CDigest", providers: [.apt(["libmd-dev"])]),
    // Base64.
    .target(name: "CLinux", linkerSettings: [.linkedLibrary("resolv")]),
    // libncurses-dev; libedit-dev.
    .target(
      name: "CScreen", linkerSettings: ["ncursesw", "tinfo"].map { .linkedLibrary($0) }),
    .target(name: "CLineEditor", linkerSettings: [.linkedLibrary("edit")]),
    // libcurl4-openssl-dev, libhiredis-dev, libpcre2-dev; only circus-plugin links them.
    .target(
      name: "CProbes",
      linkerSettings: ["curl", "hiredis", "pcre2-8"].map { .linkedLibrary($0) }),

    room("CircusModel"),
    room("JSON", ["CJansson"]),
    room("LinuxSystem", ["CLinux"]),
    room("EventLoop", ["CEvent"]),
    room("HTTPServer", ["CEvent", "CDigest", "EventLoop", "LinuxSystem"]),
    room("HTTPClient", ["LinuxSystem"]),
    room("XMLRPC", ["CExpat", "LinuxSystem"]),
    room("ZeroMQ", ["CZeroMQ", "LinuxSystem"]),
    room("CircusLog", ["CircusModel", "LinuxSystem"]),
    room("CircusConfig", ["CircusModel"]),
    room("ConfigurationFiles", ["CircusConfig", "LinuxSystem"]),
    room("CircusWire", ["CircusModel", "JSON"]),
    room("CircusCore", ["CircusConfig", "CircusWire", "CircusModel", "JSON"]),
    room(
      "CircusSurvival",
      ["CircusCore", "CircusLog", "CircusModel", "JSON", "LinuxSystem", "ProgramOptions"]),
    // Small Python programs the daemon runs for Python hooks and streams are part of the binary.
    room(
      "CircusOutput",
      [
        "CircusSurvival", "CircusCore", "CircusWire", "CircusModel", "CircusLog", "JSON",
        "LinuxSystem", "EventLoop",
      ], resources: [.embedInCode("Resources/stream_helper.py")]),
    room(
      "CircusShell",
      [
        "CircusOutput", "CircusSurvival", "CircusCore", "CircusConfig", "CircusWire",
        "CircusModel", "CircusLog", "HTTPClient", "JSON", "LinuxSystem", "EventLoop",
      ], resources: [.embedInCode("Resources/hook_helper.py")]),
    room(
      "ZeroMQControl",
      [
        "CircusShell", "CircusSurvival", "CircusCore", "CircusWire", "CircusModel", "CircusLog",
        "JSON", "LinuxSystem", "EventLoop", "ZeroMQ",
      ]),
    room(
      "SupervisorServer",
      [
        "CircusShell", "CircusOutput", "CircusSurvival", "CircusCore", "CircusWire",
        "CircusModel", "CircusLog", "JSON", "LinuxSystem", "EventLoop", "HTTPServer", "XMLRPC",
      ]),
    room(
      "WebConsole",
      [
        "SupervisorServer", "CircusShell", "CircusOutput", "CircusCore", "CircusWire",
        "CircusModel", "JSON", "LinuxSystem", "EventLoop", "HTTPServer", "XMLRPC",
      ],
      resources: [
        .embedInCode("Resources/console.css"), .embedInCode("Resources/console.js"),
        .embedInCode("Resources/console.svg"),
      ]),
    room(
      "CircusDaemon",
      [
        "ZeroMQControl", "SupervisorServer", "WebConsole", "CircusShell", "CircusOutput",
        "CircusSurvival", "CircusCore", "CircusConfig", "ConfigurationFiles", "CircusWire",
        "CircusModel", "CircusLog", "JSON", "LinuxSystem", "EventLoop", "HTTPServer",
        "ProgramOptions", "ZeroMQ",
      ]),
    room("CircusConnection", ["CircusWire", "JSON", "ZeroMQ", "LinuxSystem"]),
    room(
      "CircusClient",
      ["CircusConnection", "CircusModel", "CircusWire", "JSON", "ZeroMQ", "LinuxSystem"]),
    room(
      "CircusControl",
      [
        "CircusConnection", "CircusConfig", "CircusModel", "CircusWire", "ConfigurationFiles",
        "JSON",
        "ZeroMQ", "LinuxSystem", "LineEditor", "ProgramOptions",
      ]),
    room(
      "SupervisorControl",
      [
        "CircusConfig", "CircusModel", "ConfigurationFiles", "HTTPClient", "LineEditor",
        "LinuxSystem", "ProgramOptions",
        "XMLRPC",
      ]),
    room("SupervisorTools", ["LinuxSystem", "ProgramOptions"]),
    room(
      "MultiCall",
      [
        "CircusControl", "CircusDaemon", "CircusStats", "CircusTop", "LinuxSystem",
        "SupervisorControl", "SupervisorTools",
      ]),
    room("LineEditor", ["CLineEditor"]),
    room("ProgramOptions", ["LinuxSystem"]),
    room(
      "CircusStats",
      [
        "CircusConnection", "CircusLog", "CircusModel", "CircusWire", "JSON", "LinuxSystem",
        "ProgramOptions", "ZeroMQ",
      ]),
    room(
      "CircusPlugins",
      [
        "CircusConnection", "CircusConfig", "CircusLog", "CircusModel", "CircusWire", "JSON",
        "EventLoop",
        "LinuxSystem", "ProgramOptions", "CProbes",
      ]),
    room(
      "CircusTop",
      [
        "CircusConnection", "CircusModel", "CircusWire", "JSON", "LinuxSystem", "ProgramOptions",
        "ZeroMQ", "CScreen",
      ]),
    room(
      "CircusTestKit", ["CircusCore", "CircusConfig", "CircusWire", "CircusModel", "JSON"]),
    room(
      "FaceTestKit",
      [
        "CircusTestKit", "WebConsole", "SupervisorServer", "CircusShell", "CircusOutput",
        "CircusCore", "CircusModel", "CircusWire", "EventLoop", "LinuxSystem",
      ]),

    program("circusd", ["CircusDaemon", "LinuxSystem"]),
    program("supervisord", ["CircusDaemon"]),
    program("circusctl", ["CircusControl", "LinuxSystem"]),
    program("supervisorctl", ["SupervisorControl", "LinuxSystem"]),
    program("pidproxy", ["SupervisorTools"]),
    program("echo_supervisord_conf", ["SupervisorTools"]),
    program("circus-plugin", ["CircusPlugins"]),
    program("circusd-stats", ["CircusStats"]),
    program("circus-top", ["CircusTop"]),
    program("swift-circus", ["MultiCall"]),
    program("swift-circus-static", ["CircusPlugins", "MultiCall"]),

    .executableTarget(
      name: "example-client", dependencies: ["CircusClient"], path: "examples/embedding",
      swiftSettings: strict),

    .testTarget(
      name: "IntegrationTests",
      dependencies: [
        "circusd", "circusctl", "circus-plugin", "circusd-stats", "circus-top", "example-client",
        "supervisord", "supervisorctl", "pidproxy", "echo_supervisord_conf",
        "CircusClient",
        "CircusWire",
        "JSON",
        "LinuxSystem", "ZeroMQ",
      ],
      exclude: ["clients"], swiftSettings: strict),
    tests(
      of: "CircusCore", ["CircusTestKit", "CircusConfig", "CircusModel", "CircusWire", "JSON"]),
    tests(of: "CircusWire", ["JSON"]),
    tests(of: "JSON"),
    tests(of: "XMLRPC"),
    tests(of: "HTTPClient"),
    tests(of: "ZeroMQ"),
    tests(of: "HTTPServer", ["LinuxSystem"]),
    tests(of: "LinuxSystem", ["EventLoop"]),
    tests(of: "CircusSurvival", ["CircusModel", "JSON"]),
    tests(
      of: "CircusOutput",
      ["CircusLog", "CircusModel", "CircusSurvival", "CircusWire", "LinuxSystem"]),
    tests(of: "CircusShell", ["CircusModel", "LinuxSystem"]),
    tests(of: "CircusDaemon", ["CircusModel"]),
    tests(
      of: "SupervisorServer",
      [
        "CircusCore", "CircusModel", "CircusOutput", "CircusTestKit", "FaceTestKit", "LinuxSystem",
        "XMLRPC",
      ]),
    tests(of: "WebConsole", ["CircusModel", "FaceTestKit", "JSON", "SupervisorServer"]),
    tests(of: "CircusPlugins", ["CircusModel", "JSON", "LinuxSystem"]),
    tests(of: "CircusTop", ["JSON"]),
    tests(of: "CircusLog", ["CircusModel", "LinuxSystem"]),
    tests(of: "CircusControl", ["CircusWire"]),
    tests(of: "CircusConfig", ["CircusModel", "CircusWire", "JSON", "LinuxSystem"]),
  ] + fuzzing
)
