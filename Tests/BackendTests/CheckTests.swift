import CPUBackend
import Tensors
import XCTest

@testable import BackendTesting

/// The checks themselves: each must catch the mistake that it is for.
final class CheckTests: XCTestCase {
    private let backend = CPUBackend()

    // MARK: Rows with a mistake built in

    func testASoundRowPassesEveryCheck() throws {
        try assertFailures(of: row { backend, arguments in ["y": try backend.softmax(arguments["x"])] }, are: [])
    }

    func testParityCatchesAWrongElement() throws {
        let reference = CPUBackend()
        let referenceIdentity = ObjectIdentifier(reference)
        let spoiled = row { backend, arguments in
            let y = try backend.softmax(arguments["x"])
            if ObjectIdentifier(backend) != referenceIdentity {
                try backend.fill(y.view(at: 7, shape: [1]), with: 0.5)
            }
            return ["y": y]
        }
        try assertFailures(of: spoiled, reference: reference, are: [.parity])
    }

    func testRepeatabilityCatchesOtherBits() throws {
        let calls = Counter()
        let forgetful = row { backend, _ in ["y": try backend.tensor(repeating: calls.next(), [3])] }
        let failures = try failures(of: forgetful, reference: backend)
        XCTAssertTrue(failures.contains(.repeatability), "\(failures)")
    }

    func testAllocationsCatchesGrowingMemory() throws {
        let calls = Counter()
        let growing = row { backend, arguments in
            _ = try backend.makeTensor([Int(calls.next()) * 1_000_000], .float32)
            return ["y": try backend.softmax(arguments["x"])]
        }
        try assertFailures(of: growing, are: [.allocations])
    }

    func testPoisonCatchesMemoryThatIsReadBeforeItIsWritten() throws {
        // The first run finds zeros of the host's, the poisoned one NaN.
        let reader = row { backend, arguments in
            let sums = try backend.makeTensor([1 << 12], .float32)
            try backend.accumulate(arguments["x"], scale: 1, into: sums.view(at: 0, shape: arguments["x"].shape))
            return ["y": try sums.view(at: 0, shape: [2])]
        }
        let failures = try failures(of: reader, reference: backend)
        XCTAssertTrue(failures.contains(.poison), "\(failures)")
    }

    func testPoisonCatchesInfiniteResults() throws {
        let infinite = row { backend, _ in ["y": try backend.tensor(repeating: .infinity, [3])] }
        try assertFailures(of: infinite, are: [.poison])
    }

    func testGuardsCatchWritesOutsideAndChangedInputs() throws {
        let trespasser = row { backend, arguments in
            let x = try arguments["x"]
            if x.offset > 0 {
                let before = Tensor(shape: [1], elementType: .float32, storage: x.storage, offset: x.offset - 1)
                try backend.fill(before, with: 0)
            }
            return ["y": try backend.softmax(x)]
        }
        try assertFailures(of: trespasser, are: [.guards])

        let vandal = row { backend, arguments in
            let y = try backend.softmax(arguments["x"])
            try backend.fill(arguments["x"], with: 0)
            return ["y": y]
        }
        try assertFailures(of: vandal, are: [.guards])
    }

    func testViewsCatchesAForgottenOffset() throws {
        let forgetful = row { backend, arguments in
            let x = try arguments["x"]
            return [
                "y": try backend.affine(
                    Tensor(shape: x.shape, elementType: .float32, storage: x.storage), scale: 1, shift: 0)
            ]
        }
        try assertFailures(of: forgetful, are: [.views])
    }

    func testUnsupportedIsNeitherPassedNorFailed() throws {
        let impossible = row { _, _ in
            throw TensorError.unsupported(operation: "row", problem: "too large", device: "this")
        }
        let outcomes = RowExecution(row: impossible, backend: backend, hosts: try hosts(of: impossible))
            .outcomes(of: [.parity, .poison], expected: [:]).map(\.outcome)
        XCTAssertEqual(outcomes, [.unsupported("too large")])
    }

    // MARK: Finite differences

    func testFiniteDifferencesCatchASingleWrongElement() throws {
        func gradientRow(spoiling element: Int?) -> GradientRow {
            GradientRow("softmax", "test", [.input("x", [3, 4])], differentiated: ["x"]) { backend, arguments in
                try backend.softmax(arguments["x"])
            } backward: { backend, arguments, outputGradient in
                let y = try backend.softmax(arguments["x"])
                let gradient = try backend.softmaxGradient(outputGradient, output: y)
                if let element { try backend.fill(gradient.view(at: element, shape: [1]), with: 0) }
                return ["x": gradient]
            }
        }
        XCTAssertEqual(
            try FiniteDifferences(row: gradientRow(spoiling: nil), backend: backend).problems(), [])
        for element in [0, 5, 11] {
            XCTAssertEqual(
                try FiniteDifferences(row: gradientRow(spoiling: element), backend: backend).problems().count, 1)
        }
    }

    // MARK: Refusals

    func testRefusalWantsTheRightError() {
        func problem(_ attempt: @escaping @Sendable (any Backend) throws -> Void) -> String? {
            RefusalRow("row", "a mistake", attempt: attempt).problem(on: backend, reference: backend)
        }
        XCTAssertNil(problem { _ in throw TensorError.invalidArgument(operation: "row", problem: "bad") })
        XCTAssertEqual(problem { _ in }, "no error was thrown")
        XCTAssertNotNil(problem { _ in throw TensorError.foreignTensor(operation: "row", backend: "cpu") })
        XCTAssertNotNil(problem { _ in throw CancellationError() })
    }

    // MARK: Tolerance

    func testToleranceTakesTheLargestMagnitudeOfTheWholeTensor() throws {
        let tolerance = Tolerance(relative: 1e-3, absolute: 0, reason: "test")
        let expected = try HostTensor([0, 1, -100, 3] as [Float], shape: [2, 2])
        let near = try HostTensor([0.09, 1, -100, 3] as [Float], shape: [2, 2])
        let far = try HostTensor([0, 1, -100, 3.2] as [Float], shape: [2, 2])
        XCTAssertNil(tolerance.compare(near, with: expected).mismatch)
        let mismatch = try XCTUnwrap(tolerance.compare(far, with: expected).mismatch)
        XCTAssertTrue(mismatch.hasPrefix("[1, 1]: expected 3.0, got 3.2"), mismatch)
    }

    func testToleranceRefusesNaNOtherShapesAndOtherIntegers() throws {
        let loose = Tolerance(relative: 1, absolute: 1, reason: "test")
        let expected = try HostTensor([1, 2] as [Float], shape: [2])
        XCTAssertNotNil(loose.compare(try HostTensor([1, .nan] as [Float], shape: [2]), with: expected).mismatch)
        XCTAssertNotNil(loose.compare(try HostTensor([1, 2] as [Float], shape: [1, 2]), with: expected).mismatch)
        let integers = try HostTensor([16_777_216] as [Int32], shape: [1])
        XCTAssertNotNil(loose.compare(try HostTensor([16_777_217] as [Int32], shape: [1]), with: integers).mismatch)
    }

    // MARK: Table

    func testTableCountsByOperationAndSubject() {
        func result(_ subject: String, _ outcome: CheckResult.Outcome) -> CheckResult {
            CheckResult(
                operation: "gemm", row: "gemm m1", check: .parity, subject: subject, outcome: outcome, reproducer: "")
        }
        let table = ParityTable([
            result("cpu", .passed(worstError: 0)), result("cpu", .passed(worstError: 0)),
            result("opencl:0", .failed("wrong")), result("opencl:0", .unsupported("no")),
        ])
        XCTAssertEqual(
            table.description.split(separator: "\n").map { $0.split(separator: " ").joined(separator: " ") },
            ["operation cpu opencl:0", "gemm 2 passed 0 of 1 passed, 1 unsupported"])
    }

    // MARK: Helpers

    private func row(
        _ perform: @escaping @Sendable (any Backend, PlacedArguments) throws -> [String: Tensor]
    ) -> OperationRow {
        OperationRow("row", "test", [.input("x", [3, 4])], tolerance: .exact, perform: perform)
    }

    private func hosts(of row: OperationRow) throws -> [String: HostTensor] {
        try row.arguments.filled(for: row.name)
    }

    private func failures(of row: OperationRow, reference: any Backend) throws -> [Check] {
        let hosts = try hosts(of: row)
        let expected = try RowExecution(row: row, backend: reference, hosts: hosts).run()
        return RowExecution(row: row, backend: backend, hosts: hosts)
            .outcomes(of: Check.allCases.filter { $0 != .gradient && $0 != .refusal }, expected: expected)
            .filter { if case .failed = $0.outcome { true } else { false } }
            .map(\.check)
    }

    private func assertFailures(
        of row: OperationRow, reference: (any Backend)? = nil, are expected: [Check], line: UInt = #line
    ) throws {
        XCTAssertEqual(try failures(of: row, reference: reference ?? backend), expected, line: line)
    }
}

/// Counts calls: 1, 2, 3, …
private final class Counter: @unchecked Sendable {
    private var count: Float = 0

    func next() -> Float {
        count += 1
        return count
    }
}
