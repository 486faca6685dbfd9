extension Sequence<UInt8> {
  /// A number that stays the same in every process as long as the bytes do (FNV-1a): for telling apart
  /// what is written down from what there is later, not for secrets.
  package var fingerprint: UInt64 {
    reduce(0xcbf2_9ce4_8422_2325) { ($0 ^ UInt64($1)) &* 0x100_0000_01b3 }
  }
}
