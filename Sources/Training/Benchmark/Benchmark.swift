/// Something that `equipoise bench` times.
public protocol Benchmark {
    /// Does it so many times without timing it: kernels are compiled and memory is allocated.
    func warmUp(steps: Int) throws

    /// Does it `steps` times, each waited for.
    ///
    /// - Parameter steps: at least 1.
    func run(steps: Int) throws -> BenchmarkTiming
}
