import Foundation
import Tensors
import XCTest

/// Replays the golden vectors of Tests/Goldens and of the folder named by `EQUIPOISE_GOLDENS`, one test a kind.
/// A case that fails is one failure, with the line that replays it alone.
final class GoldenTests: XCTestCase {
    private static let handlersByKind: [String: [String: GoldenHandler]] = [
        "op": OperationGoldens.handlers,
        "optimizer": OptimizerGoldens.handlers,
        "network": NetworkGoldens.handlers,
        "method": [
            MethodGoldens.handlers,
            SelfSupervisionGoldens.handlers,
        ].reduce(into: [:]) { all, handlers in all.merge(handlers) { first, _ in first } },
        "augmentation": AugmentationGoldens.handlers,
    ]

    func testOperations() throws { try replay(kind: "op") }
    func testOptimizers() throws { try replay(kind: "optimizer") }
    func testNetworks() throws { try replay(kind: "network") }
    func testMethods() throws { try replay(kind: "method") }
    func testAugmentation() throws { try replay(kind: "augmentation") }

    func testProtocol() throws {
        var tally = Tally()
        for url in GoldenCatalog.files(withExtension: "json") {
            let name = url.deletingPathExtension().lastPathComponent
            guard let check = ProtocolGoldens.checks[name] else {
                tally.skip(name, in: url, because: "nobody implements protocol \"\(name)\"")
                continue
            }
            tally.record(name, caught { try check(try Data(contentsOf: url)) })
        }
        tally.report(kind: "protocol")
    }

    /// Files of no known kind are reported, and files that are no golden cases at all fail.
    func testEveryFileIsKnown() throws {
        var tally = Tally()
        for (kind, urls) in GoldenCatalog.casesByKind.sorted(by: { $0.key < $1.key }) {
            for url in urls where kind == GoldenCatalog.unreadable {
                XCTAssertNoThrow(try GoldenFile(contentsOf: url))
            }
            guard Self.handlersByKind[kind] == nil, kind != GoldenCatalog.unreadable else { continue }
            for url in urls {
                tally.skip(url.lastPathComponent, in: url, because: "nobody implements the kind \"\(kind)\"")
            }
        }
        tally.report(kind: "other kinds", mayBeEmpty: true)
    }

    private func replay(kind: String) throws {
        let backends = try TestBackends.present()
        var tally = Tally()
        for url in GoldenCatalog.casesByKind[kind] ?? [] {
            let golden = try GoldenFile(contentsOf: url)
            switch Self.handlersByKind[kind]?[golden.name] {
            case nil:
                tally.skip(golden.caseName, in: url, because: "nobody implements \(kind) \"\(golden.name)\"")
            case .onHost(let run):
                tally.record(golden.caseName, caught { golden.mismatches(try run(golden)) })
            case .onEachBackend(let run):
                let problems = backends.flatMap { backend in
                    caught { golden.mismatches(try run(golden, backend)) }
                        .map { "\(backend.device.identifier): \($0)" }
                }
                tally.record(golden.caseName, problems)
            }
        }
        tally.report(kind: kind)
    }

    /// What `check` found; an error it threw is one more problem.
    private func caught(_ check: () throws -> [String]) -> [String] {
        do { return try check() } catch { return ["threw \(error)"] }
    }
}

/// What became of the cases of one kind.
private struct Tally {
    private var passed = 0
    private var failed = 0
    private var skipped = 0

    /// Only another folder's case may be skipped.
    mutating func skip(_ caseName: String, in file: URL, because reason: String) {
        guard !GoldenCatalog.isOwn(file) else { return record(caseName, [reason]) }
        skipped += 1
        print("skipped golden \(caseName): \(reason)")
    }

    /// - Parameter problems: one line each; empty if the case passed.
    mutating func record(_ caseName: String, _ problems: [String]) {
        guard !problems.isEmpty else {
            passed += 1
            return
        }
        failed += 1
        let lines = ["golden \(caseName) does not match"] + problems.map { "  \($0)" }
        XCTFail(
            (lines + ["  reproduce: EQUIPOISE_GOLDEN=\(caseName) swift test --filter GoldenTests"])
                .joined(separator: "\n"))
    }

    /// - Parameter mayBeEmpty: whether no case of the kind need be there. Where all are wanted, one must be.
    func report(kind: String, mayBeEmpty: Bool = false) {
        if passed == 0, GoldenCatalog.filter == nil, !mayBeEmpty {
            XCTFail("no golden of the kind \(kind) was replayed")
        }
        print("goldens, \(kind): \(passed) passed, \(failed) failed, \(skipped) skipped")
    }
}
