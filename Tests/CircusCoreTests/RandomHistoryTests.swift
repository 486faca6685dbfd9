import Foundation
import Testing

/// Random histories: whatever order things happen in, the invariants hold, every ticket is
/// answered exactly once, and quitting ends everything; also over crashes and upgrades of the daemon.
@Suite struct RandomHistoryTests {
  /// `make nightly` asks for a million.
  static let histories =
    ProcessInfo.processInfo.environment["CIRCUS_HISTORIES"].flatMap(UInt64.init) ?? 6_000

  /// In shares, so that all processors take part.
  @Test(arguments: 0..<4 as Range<UInt64>)
  func invariantsHoldInEveryHistory(share: UInt64) {
    for seed in stride(from: share, to: Self.histories, by: 4) {
      // As many of each, by the number in the share.
      let kind = [History.Kind.handsOver, .plain, .ends, .asks][Int(seed / 4 % 4)]
      guard let failure = Self.failure(seed, History.steps(seed: seed), kind) else { continue }
      let shortest = Self.shrink(seed, History.steps(seed: seed), kind)
      var history = History(seed: seed, steps: shortest, kind: kind)
      let last = history.run() ?? failure
      Issue.record("seed \(seed), \(kind), shortest steps \(shortest): \(history.story) \(last)")
      return
    }
  }

  /// What a million histories found, as short as it gets.
  @Test(
    arguments: [
      // Removed while its process was being spawned; the daemon died before it could stop that one.
      (
        822_617,
        [
          9_917_054_046_389_906_831, 16_459_090_927_490_943_286, 3_719_875_262_184_806_269,
          7_845_564_012_203_126_408, 12_795_210_741_648_716_052,
        ]
      ),
      // Removed and added again while the disk was full: both have a process 1.
      (
        565_404,
        [15_214_507_629_755_342_830, 12_129_438_028_284_090_463, 2_288_717_218_078_940_084]
      ),
      (
        532_241,
        [
          15_380_557_948_997_933_853, 6_730_387_816_624_210_956, 3_718_391_393_032_283_262,
          7_959_623_265_892_076_921,
        ]
      ),
      // Two ended while there was no daemon, one of them being stopped, and sleep on demand is new.
      (
        726_558,
        [
          17_789_122_426_236_835_190, 1_020_108_261_860_173_214, 11_348_320_089_169_113_863,
          11_662_127_343_585_162_780,
        ]
      ),
      // A stop of a place without a process, which another order started again.
      (
        143_365,
        [
          12_340_753_442_931_575_285, 7_759_639_350_620_028_278, 3_745_851_348_710_526_043,
          16_198_443_812_056_616_015,
        ]
      ),
      // A singleton of which only its processes are known, not the file that says so.
      (609_342, [16_063_959_717_653_381_616, 3_864_390_476_155_456_053]),
      // An upgrade in the middle of a stop that was still to end what a dead process had left behind.
      (
        794_573,
        [
          5_803_709_481_754_117_368, 10_541_213_401_707_519_673, 17_661_963_599_457_187_761,
          7_834_895_261_200_509_135,
        ]
      ),
      (
        20_811,
        [12_309_191_526_597_439_543, 2_494_522_614_094_688_233, 4_469_807_296_871_284_524]
      ),
      // A watcher in the middle of a chain goes down with what it follows, and so does one that follows it.
      (20_928, [10_509_783_572_133_776_188]),
      (31_661, [2_377_540_424_427_276_770, 15_597_171_026_855_208_892]),
      (25_822, [1_000_282_971_040_876_837]),
      // A restart, or a stop, that waits for dependents while the number of processes changes, or a reload is under way.
      (
        186_744,
        [
          14_533_056_593_455_052_714, 33_320_201_046_603_314, 10_228_487_213_614_499_067,
          9_528_665_938_428_336_090, 10_759_634_088_986_666_937,
        ]
      ),
      (
        919_067,
        [1_445_966_830_940_396_034, 6_611_107_218_932_962_347, 16_434_020_579_419_049_714]
      ),
      // What waited for one that goes down no more, for it is started again in the same moment.
      (
        379_585,
        [8_566_683_384_828_356_369, 12_119_915_163_419_537_936, 17_916_944_649_822_011_246]
      ),
      (793_576, [179_174_654_780_389_128, 14_515_631_783_052_130_565]),
      // A restart of one that sleeps until its socket is called.
      (234_570, [6_002_156_717_442_991_786, 6_863_208_676_346_207_892]),
      // `set` while everything is being stopped.
      (308_109, [17_058_432_177_057_299_184, 15_828_974_780_899_771_265]),
      (167_230, [171_615_764_326_192_203, 15_371_121_293_369_468_150]),
      // One that waited starts with fewer processes, or none, than it waited with.
      (40_560, [2_078_110_619_720_189_022, 18_110_970_795_162_769_335]),
      (58_725, [6_475_731_819_382_815_102, 7_484_021_173_959_219_728]),
      // Its dependency is there, and the pause between two starts is not over.
      (
        301_007,
        [7_561_983_848_119_075_870, 13_786_066_750_578_068_204, 1_384_505_051_398_307_745]
      ),
      // A process whose stop waited for a dependent, which was removed meanwhile.
      (
        32_786,
        [
          262_572_951_470_793_376, 612_270_231_062_007_040, 6_324_189_627_586_568_829,
          2_719_816_830_804_224_228, 7_549_395_541_700_453_606,
        ]
      ),
      // In the middle of a reload the daemon died, and the file says that there may be one process only.
      (
        151_923,
        [9_842_236_765_601_676_940, 17_623_482_680_801_197_626, 7_157_490_169_061_953_180]
      ),
      (39_607, [6_405_518_413_829_202_785, 7_607_858_689_041_299_282]),
      // A process whose stop waits for what depends on it ends by itself.
      (570_317, [9_375_541_746_412_850_976, 148_751_718_432_839_797]),
      // A job of which nothing runs is started again, and has to wait.
      (
        10_635,
        [12_048_908_279_375_500_626, 2_739_001_400_061_422_987, 15_347_735_382_935_375_014]
      ),
    ] as [(UInt64, [UInt64])])
  func whatFailedOnceDoesNotAgain(seed: UInt64, steps: [UInt64]) {
    #expect(Self.failure(seed, steps, .plain) == nil)
  }

  /// The same of histories in which processes also hand over to others of their own.
  @Test(
    arguments: [
      // Named while it was being killed, when the state could not be written; then the daemon died.
      (
        239_199,
        [17_847_325_920_377_141_096, 955_569_295_812_058_740, 12_761_484_855_754_686_216]
      ),
      (
        300_204,
        [
          6_881_402_485_299_355_410, 10_441_540_580_755_641_251, 55_065_072_637_958_378,
          10_074_958_274_830_079_218,
        ]
      ),
      // Removed after a `set`: the next daemon knows its processes, and not how it was defined.
      (
        434_174,
        [
          14_182_612_565_073_009_263, 12_351_506_737_665_038_757, 5_827_775_834_880_019_095,
          4_981_042_431_473_681_453, 17_883_849_266_768_784_915, 8_436_328_936_260_194_249,
        ]
      ),
    ] as [(UInt64, [UInt64])])
  func whatFailedOnceInHandingOverDoesNotAgain(seed: UInt64, steps: [UInt64]) {
    #expect(Self.failure(seed, steps, .handsOver) == nil)
  }

  private static func failure(
    _ seed: UInt64, _ steps: [UInt64], _ kind: History.Kind
  ) -> String? {
    var history = History(seed: seed, steps: steps, kind: kind)
    return history.run()
  }

  /// Leaves out whatever is not needed to fail.
  private static func shrink(_ seed: UInt64, _ steps: [UInt64], _ kind: History.Kind) -> [UInt64] {
    var steps = steps
    var index = 0
    while index < steps.count {
      var fewer = steps
      fewer.remove(at: index)
      if failure(seed, fewer, kind) != nil {
        steps = fewer
        index = 0
      } else {
        index += 1
      }
    }
    return steps
  }
}
