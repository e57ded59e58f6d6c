import Tensors

/// What convolutions are tried on.
extension ConvolutionRows {
    /// Extents of one convolution, written as `n2 h9 w7 c16 k33 r3 s2 p1`: images, height, width, channels in, channels
    /// out, filter's height (and width, `r1x3`, where it differs), stride, padding, and `adding` where the result is added
    /// to something, and `half` where activations are float16.
    struct Problem {
        let n, h, w, c, k, r: Int
        var columns: Int?
        let s, p: Int
        var hasAddend = false
        var activations = ElementType.float32

        var input: Shape { [n, h, w, c] }
        var filter: Shape { [r, columns ?? r, c, k] }
        var output: Shape {
            [n, (h + 2 * p - r) / s + 1, (w + 2 * p - (columns ?? r)) / s + 1, k]
        }
        var text: String {
            "n\(n) h\(h) w\(w) c\(c) k\(k) r\(r)\(columns.map { "x\($0)" } ?? "") s\(s) p\(p)"
                + (hasAddend ? " adding" : "") + (activations == .float16 ? " half" : "")
        }
        /// What is added, shaped as the result.
        func addend(_ shape: Shape) -> [Argument] { hasAddend ? [activation("addend", shape)] : [] }
        /// An activation or the gradient of one.
        func activation(_ name: String, _ shape: Shape) -> Argument {
            .input(name, shape, .uniform(-1...1).stored(as: activations))
        }
        /// Whether the implementation `winogradWide` or `winogradStrided` may compute a tensor `[N, H, W, C]` of the
        /// problem from the other one.
        func allowsWideTiles(_ target: Shape) -> Bool {
            let tiled = s == 2 && p == 1 ? output : target
            return r == 3 && columns ?? r == 3 && s <= 2 && c % 16 == 0 && k % 16 == 0 && tiled[2] % 8 == 0
                && tiled[0] * ((tiled[1] + 3) / 4) * tiled[2] / 8 >= 128
        }
        var work: Work {
            Work(
                floatingPointOperations: 2 * output.count * filter.count / k,
                bytes: activations.byteCount * (input.count + output.count) + 4 * filter.count)
        }
    }

    static func problems(_ suite: Suite) -> [Problem] {
        suite.choose(
            small: [
                Problem(n: 1, h: 1, w: 1, c: 1, k: 1, r: 1, s: 1, p: 0),
                Problem(n: 1, h: 1, w: 1, c: 7, k: 5, r: 3, s: 1, p: 1),
                Problem(n: 2, h: 5, w: 4, c: 3, k: 7, r: 3, s: 1, p: 1),
                Problem(n: 1, h: 6, w: 5, c: 17, k: 3, r: 3, s: 2, p: 1),
                Problem(n: 1, h: 5, w: 6, c: 5, k: 17, r: 1, s: 2, p: 0),
                Problem(n: 1, h: 5, w: 4, c: 4, k: 4, r: 3, s: 1, p: 1),
                Problem(n: 1, h: 4, w: 4, c: 16, k: 16, r: 3, s: 1, p: 1),
                Problem(n: 1, h: 62, w: 64, c: 16, k: 16, r: 3, s: 1, p: 1),
                Problem(n: 1, h: 3, w: 9, c: 16, k: 32, r: 3, s: 2, p: 1),
                Problem(n: 1, h: 126, w: 128, c: 16, k: 16, r: 3, s: 2, p: 1),
                Problem(n: 1, h: 5, w: 5, c: 1, k: 3, r: 5, s: 1, p: 2),
                Problem(n: 1, h: 7, w: 6, c: 2, k: 4, r: 7, s: 2, p: 3),
                Problem(n: 1, h: 3, w: 5, c: 2, k: 3, r: 1, columns: 3, s: 1, p: 0),
                Problem(n: 1, h: 16, w: 16, c: 3, k: 4, r: 1, s: 1, p: 0),
                Problem(n: 2, h: 3, w: 17, c: 4, k: 20, r: 1, s: 2, p: 0),
            ],
            standard: [
                Problem(n: 2, h: 9, w: 7, c: 16, k: 33, r: 3, s: 2, p: 1),
                Problem(n: 3, h: 8, w: 8, c: 33, k: 17, r: 3, s: 1, p: 1),
                Problem(n: 2, h: 8, w: 8, c: 16, k: 32, r: 3, s: 1, p: 1),
                Problem(n: 3, h: 37, w: 40, c: 32, k: 48, r: 3, s: 1, p: 1),
                Problem(n: 16, h: 16, w: 16, c: 80, k: 32, r: 3, s: 1, p: 1),
                Problem(n: 3, h: 74, w: 80, c: 32, k: 48, r: 3, s: 2, p: 1),
                Problem(n: 16, h: 32, w: 32, c: 48, k: 64, r: 3, s: 2, p: 1),
                Problem(n: 3, h: 42, w: 42, c: 32, k: 16, r: 3, s: 1, p: 0),
                Problem(n: 2, h: 13, w: 10, c: 32, k: 32, r: 3, s: 1, p: 1),
                Problem(n: 5, h: 4, w: 4, c: 32, k: 32, r: 3, s: 1, p: 1),
                Problem(n: 2, h: 7, w: 7, c: 64, k: 64, r: 3, s: 1, p: 1),
                Problem(n: 1, h: 5, w: 5, c: 128, k: 128, r: 3, s: 1, p: 1),
                Problem(n: 1, h: 16, w: 16, c: 16, k: 64, r: 3, s: 2, p: 1),
                Problem(n: 2, h: 10, w: 7, c: 64, k: 128, r: 1, s: 2, p: 0),
                Problem(n: 4, h: 9, w: 9, c: 16, k: 32, r: 1, s: 2, p: 0),
                Problem(n: 2, h: 6, w: 6, c: 17, k: 32, r: 1, s: 1, p: 0),
                Problem(n: 3, h: 5, w: 10, c: 16, k: 32, r: 1, s: 1, p: 0),
                Problem(n: 1, h: 8, w: 18, c: 32, k: 64, r: 1, s: 2, p: 0),
                Problem(n: 2, h: 7, w: 19, c: 16, k: 32, r: 1, s: 2, p: 0),
                Problem(n: 2, h: 28, w: 28, c: 1, k: 16, r: 3, s: 1, p: 1),
                Problem(n: 1, h: 32, w: 32, c: 3, k: 16, r: 3, s: 1, p: 1),
                Problem(n: 2, h: 15, w: 13, c: 3, k: 16, r: 7, s: 2, p: 3),
                Problem(n: 2, h: 6, w: 6, c: 7, k: 5, r: 5, s: 1, p: 2),
                Problem(n: 2, h: 8, w: 9, c: 3, k: 33, r: 3, s: 2, p: 0),
                Problem(n: 1, h: 11, w: 8, c: 4, k: 6, r: 3, s: 3, p: 1),
                Problem(n: 1, h: 6, w: 5, c: 16, k: 16, r: 3, columns: 5, s: 2, p: 1),
                Problem(n: 17, h: 2, w: 2, c: 8, k: 8, r: 3, s: 1, p: 1),
                Problem(n: 3, h: 14, w: 14, c: 48, k: 16, r: 3, s: 1, p: 1),
                Problem(n: 2, h: 6, w: 9, c: 32, k: 80, r: 3, s: 1, p: 0),
                Problem(n: 1, h: 26, w: 26, c: 16, k: 16, r: 3, s: 1, p: 2),
            ],
            // WideResNet-28-2 has 1, 1, 7, 1, 1, 7, 1, 1, 7 of the layers with filters larger than one pixel.
            bench: [
                Problem(n: 64, h: 32, w: 32, c: 3, k: 16, r: 3, s: 1, p: 1),
                Problem(n: 64, h: 32, w: 32, c: 16, k: 32, r: 3, s: 1, p: 1),
                Problem(n: 64, h: 32, w: 32, c: 32, k: 32, r: 3, s: 1, p: 1),
                Problem(n: 64, h: 32, w: 32, c: 32, k: 64, r: 3, s: 2, p: 1),
                Problem(n: 64, h: 16, w: 16, c: 64, k: 64, r: 3, s: 1, p: 1),
                Problem(n: 64, h: 16, w: 16, c: 64, k: 128, r: 3, s: 2, p: 1),
                Problem(n: 64, h: 8, w: 8, c: 128, k: 128, r: 3, s: 1, p: 1),
                Problem(n: 64, h: 32, w: 32, c: 16, k: 32, r: 1, s: 1, p: 0),
                Problem(n: 64, h: 32, w: 32, c: 32, k: 64, r: 1, s: 2, p: 0),
                Problem(n: 64, h: 16, w: 16, c: 64, k: 128, r: 1, s: 2, p: 0),
            ])
    }

    /// With something added to the output and to the input gradient: every kind of tile, whole and partial vectors, strides.
    static func problemsWithAddend(_ suite: Suite) -> [Problem] {
        suite.choose(
            small: [
                Problem(n: 2, h: 5, w: 4, c: 3, k: 7, r: 3, s: 1, p: 1, hasAddend: true),
                Problem(n: 1, h: 6, w: 5, c: 17, k: 3, r: 3, s: 2, p: 1, hasAddend: true),
                Problem(n: 1, h: 4, w: 4, c: 16, k: 16, r: 3, s: 1, p: 1, hasAddend: true),
                Problem(n: 1, h: 5, w: 6, c: 5, k: 17, r: 1, s: 2, p: 0, hasAddend: true),
                Problem(n: 2, h: 4, w: 18, c: 20, k: 32, r: 1, s: 2, p: 0, hasAddend: true),
            ],
            standard: [
                Problem(n: 3, h: 8, w: 8, c: 33, k: 17, r: 3, s: 1, p: 1, hasAddend: true),
                Problem(n: 2, h: 13, w: 10, c: 32, k: 32, r: 3, s: 1, p: 1, hasAddend: true),
                Problem(n: 2, h: 7, w: 7, c: 64, k: 64, r: 3, s: 1, p: 1, hasAddend: true),
                Problem(n: 16, h: 15, w: 16, c: 64, k: 32, r: 3, s: 1, p: 1, hasAddend: true),
                Problem(n: 16, h: 30, w: 32, c: 64, k: 32, r: 3, s: 2, p: 1, hasAddend: true),
                Problem(n: 2, h: 10, w: 7, c: 64, k: 128, r: 1, s: 2, p: 0, hasAddend: true),
                Problem(n: 2, h: 9, w: 7, c: 16, k: 33, r: 3, s: 2, p: 1, hasAddend: true),
            ],
            bench: [
                Problem(n: 64, h: 32, w: 32, c: 32, k: 32, r: 3, s: 1, p: 1, hasAddend: true),
                Problem(n: 64, h: 16, w: 16, c: 64, k: 64, r: 3, s: 1, p: 1, hasAddend: true),
                Problem(n: 64, h: 8, w: 8, c: 128, k: 128, r: 3, s: 1, p: 1, hasAddend: true),
            ])
    }

    /// With activations of float16: the problems that the faster kernels are made for, whole and partial vectors, edges.
    static func problemsOfHalves(_ suite: Suite) -> [Problem] {
        suite.choose(
            small: [
                Problem(n: 2, h: 5, w: 4, c: 3, k: 7, r: 3, s: 1, p: 1, activations: .float16),
                Problem(n: 1, h: 6, w: 5, c: 17, k: 3, r: 3, s: 2, p: 1, hasAddend: true, activations: .float16),
                Problem(n: 1, h: 4, w: 4, c: 16, k: 16, r: 3, s: 1, p: 1, activations: .float16),
                Problem(n: 1, h: 3, w: 9, c: 16, k: 32, r: 3, s: 2, p: 1, activations: .float16),
            ],
            standard: [
                Problem(n: 1, h: 32, w: 32, c: 3, k: 16, r: 3, s: 1, p: 1, activations: .float16),
                Problem(n: 2, h: 13, w: 10, c: 32, k: 32, r: 3, s: 1, p: 1, activations: .float16),
                Problem(n: 3, h: 37, w: 40, c: 32, k: 32, r: 3, s: 1, p: 1, hasAddend: true, activations: .float16),
                Problem(n: 3, h: 74, w: 80, c: 32, k: 32, r: 3, s: 2, p: 1, hasAddend: true, activations: .float16),
                Problem(n: 2, h: 13, w: 10, c: 32, k: 32, r: 3, s: 1, p: 1, hasAddend: true, activations: .float16),
                Problem(n: 3, h: 8, w: 8, c: 33, k: 17, r: 3, s: 1, p: 1, activations: .float16),
                Problem(n: 2, h: 9, w: 7, c: 16, k: 33, r: 3, s: 2, p: 1, hasAddend: true, activations: .float16),
                Problem(n: 2, h: 10, w: 7, c: 64, k: 128, r: 1, s: 2, p: 0, hasAddend: true, activations: .float16),
                Problem(n: 2, h: 16, w: 16, c: 16, k: 32, r: 1, s: 1, p: 0, activations: .float16),
                Problem(n: 2, h: 17, w: 18, c: 32, k: 40, r: 1, s: 2, p: 0, activations: .float16),
                Problem(n: 2, h: 6, w: 6, c: 17, k: 32, r: 1, s: 1, p: 0, activations: .float16),
                Problem(n: 2, h: 15, w: 13, c: 3, k: 16, r: 7, s: 2, p: 3, activations: .float16),
                Problem(n: 1, h: 11, w: 8, c: 4, k: 6, r: 3, s: 3, p: 1, activations: .float16),
                Problem(n: 2, h: 7, w: 7, c: 64, k: 64, r: 3, s: 1, p: 1, hasAddend: true, activations: .float16),
            ],
            bench: [
                Problem(n: 64, h: 32, w: 32, c: 3, k: 16, r: 3, s: 1, p: 1, activations: .float16),
                Problem(n: 64, h: 32, w: 32, c: 32, k: 32, r: 3, s: 1, p: 1, activations: .float16),
                Problem(n: 64, h: 16, w: 16, c: 64, k: 128, r: 3, s: 2, p: 1, activations: .float16),
                Problem(n: 64, h: 8, w: 8, c: 128, k: 128, r: 3, s: 1, p: 1, activations: .float16),
            ])
    }

    /// With an input that is normalised on the way and an output whose moments are gathered, where the chosen kernel does
    /// so: whole tiles and others, channels that fill a block and others.
    static func normalizedProblems(_ suite: Suite) -> [Problem] {
        suite.choose(
            small: [
                Problem(n: 2, h: 5, w: 4, c: 3, k: 7, r: 3, s: 1, p: 1),
                Problem(n: 1, h: 4, w: 4, c: 16, k: 16, r: 3, s: 1, p: 1),
            ],
            standard: [
                Problem(n: 3, h: 8, w: 12, c: 32, k: 48, r: 3, s: 1, p: 1),
                Problem(n: 16, h: 14, w: 16, c: 32, k: 48, r: 3, s: 1, p: 1),
                Problem(n: 16, h: 32, w: 32, c: 32, k: 48, r: 3, s: 2, p: 1),
                Problem(n: 3, h: 74, w: 80, c: 16, k: 32, r: 3, s: 2, p: 1, hasAddend: true),
                Problem(n: 2, h: 13, w: 10, c: 32, k: 32, r: 3, s: 1, p: 1),
                Problem(n: 5, h: 8, w: 8, c: 64, k: 64, r: 3, s: 1, p: 1, hasAddend: true),
                Problem(n: 3, h: 40, w: 40, c: 32, k: 32, r: 3, s: 1, p: 1, hasAddend: true),
                Problem(n: 2, h: 10, w: 10, c: 16, k: 80, r: 3, s: 1, p: 0),
                Problem(n: 2, h: 9, w: 7, c: 16, k: 33, r: 3, s: 2, p: 1),
            ],
            bench: [
                Problem(n: 64, h: 32, w: 32, c: 32, k: 32, r: 3, s: 1, p: 1),
                Problem(n: 64, h: 16, w: 16, c: 64, k: 64, r: 3, s: 1, p: 1),
                Problem(n: 64, h: 8, w: 8, c: 128, k: 128, r: 3, s: 1, p: 1),
            ])
    }
}
