import CFuzz
import Glibc

// `FUZZ_TARGET=NAME fuzz [libFuzzer's options] CORPUS`; without a name the names are listed.
guard Targets.chosen != nil else {
  print(Targets.all.keys.sorted().joined(separator: "\n"))
  exit(0)
}
exit(
  cf_run(CommandLine.argc, CommandLine.unsafeArgv) { bytes, count in
    Targets.chosen?(Array(UnsafeBufferPointer(start: bytes, count: count)))
    return 0
  })
