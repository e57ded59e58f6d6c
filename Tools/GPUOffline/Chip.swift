/// A GPU, by the limits that decide how many work-items it holds at a time.
///
/// Sources: CUDA C++ Programming Guide, "Compute Capabilities"; AMD's Vega, RDNA 2 and RDNA 3 instruction set manuals and
/// LLVM's "User Guide for AMDGPU Backend" (granules of register allocation).
struct Chip {
    enum Maker { case amd, nvidia }

    /// What compilers call it.
    let name: String
    let maker: Maker
    /// A product that has it.
    let example: String
    /// Work-items that go in step: a wave, or a warp.
    let waveSize: Int
    /// Registers of each work-item are handed out in multiples of this.
    let registerGranule: Int
    /// Registers that the waves of one scheduler share, for each lane.
    let registersPerLane: Int
    /// The most waves of one scheduler.
    let wavesPerScheduler: Int
    /// Schedulers that share one local memory: of a multiprocessor, compute unit, or work-group processor.
    let schedulers: Int
    /// Bytes of that local memory.
    let localBytes: Int
    /// Bytes that each work-group takes of it beside its own.
    let reservedLocalBytes: Int
    /// The most work-groups there.
    let groups: Int

    static let all = [
        Chip(
            name: "sm_70", maker: .nvidia, example: "V100", waveSize: 32, registerGranule: 8, registersPerLane: 512,
            wavesPerScheduler: 16, schedulers: 4, localBytes: 96 << 10, reservedLocalBytes: 0, groups: 32),
        Chip(
            name: "sm_90", maker: .nvidia, example: "H100", waveSize: 32, registerGranule: 8, registersPerLane: 512,
            wavesPerScheduler: 16, schedulers: 4, localBytes: 228 << 10, reservedLocalBytes: 1 << 10, groups: 32),
        Chip(
            name: "gfx906", maker: .amd, example: "Radeon VII", waveSize: 64, registerGranule: 4, registersPerLane: 256,
            wavesPerScheduler: 10, schedulers: 4, localBytes: 64 << 10, reservedLocalBytes: 0, groups: 40),
        Chip(
            name: "gfx1030", maker: .amd, example: "RX 6800", waveSize: 32, registerGranule: 16, registersPerLane: 1024,
            wavesPerScheduler: 16, schedulers: 4, localBytes: 128 << 10, reservedLocalBytes: 0, groups: 64),
        Chip(
            name: "gfx1100", maker: .amd, example: "RX 7900", waveSize: 32, registerGranule: 24, registersPerLane: 1536,
            wavesPerScheduler: 16, schedulers: 4, localBytes: 128 << 10, reservedLocalBytes: 0, groups: 64),
    ]

    /// Whether kernels for matrix units are made for it: NVIDIA's, from sm_80 on.
    var hasMatrixUnits: Bool { maker == .nvidia && Int(name.drop { !$0.isNumber }) ?? 0 >= 80 }

    /// The waves that are there at a time as a part of the most that can be, from 0 to 1:
    ///
    ///     waves a group      w = ⌈work-items / waveSize⌉
    ///     by registers       r = ⌊registersPerLane / (registers rounded up to the granule)⌋ · schedulers / w
    ///     by local memory    l = localBytes / (bytes of a group + reserved)
    ///     occupancy            = w · min(⌊r⌋, ⌊l⌋, groups, wavesPerScheduler · schedulers / w) / (wavesPerScheduler · schedulers)
    func occupancy(registers: Int, localBytesPerGroup: Int, workItems: Int) -> Double {
        let waves = max(1, (workItems + waveSize - 1) / waveSize)
        let rounded = max(1, (registers + registerGranule - 1) / registerGranule) * registerGranule
        let byRegisters = min(registersPerLane / rounded, wavesPerScheduler) * schedulers / waves
        let bytes = localBytesPerGroup == 0 ? 0 : localBytesPerGroup + reservedLocalBytes
        let byLocalMemory = bytes == 0 ? groups : localBytes / bytes
        let resident = min(byRegisters, byLocalMemory, groups)
        return Double(resident * waves) / Double(wavesPerScheduler * schedulers)
    }
}
