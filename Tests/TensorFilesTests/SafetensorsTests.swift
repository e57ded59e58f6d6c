import Foundation
import Tensors
import XCTest

@testable import TensorFiles

final class SafetensorsTests: XCTestCase {
    private var folder = URL(fileURLWithPath: NSTemporaryDirectory())

    override func setUpWithError() throws {
        folder = URL(fileURLWithPath: NSTemporaryDirectory()).appending(path: "safetensors-\(UUID().uuidString)")
        try FileManager.default.createDirectory(at: folder, withIntermediateDirectories: true)
    }

    override func tearDownWithError() throws {
        try FileManager.default.removeItem(at: folder)
    }

    private func sample() throws -> Safetensors {
        Safetensors(
            tensors: [
                "weight": try HostTensor([1.5, -2, .infinity, 0, 3, 4] as [Float], shape: [2, 3]),
                "labels": try HostTensor([7, -1] as [Int32], shape: [2]),
                "image": try HostTensor(shape: [1, 3], elementType: .uint8, bytes: [0, 127, 255]),
                "empty": try HostTensor([] as [Float], shape: [0, 4]),
                "scalar": try HostTensor([2.25] as [Float], shape: []),
            ],
            metadata: ["kind": "test", "quote": "a \"b\" / é"])
    }

    func testWhatIsWrittenIsRead() throws {
        let path = folder.appending(path: "sample.safetensors").path
        try sample().write(to: path)
        XCTAssertEqual(try Safetensors(contentsOf: path), try sample())
        XCTAssertEqual(try FileManager.default.contentsOfDirectory(atPath: folder.path), ["sample.safetensors"])
    }

    func testEqualContentsGiveEqualBytes() throws {
        XCTAssertEqual(try sample().encoded(), try sample().encoded())
    }

    func testAlignment() throws {
        let bytes = [UInt8](try sample().encoded())
        XCTAssertEqual((Int(bytes[0]) | Int(bytes[1]) << 8) % 8, 0)
    }

    func testAFileThatIsMissingOrCannotBeWritten() {
        XCTAssertThrowsError(try Safetensors(contentsOf: folder.appending(path: "none").path)) {
            guard case .cannotRead = $0 as? FileError else { return XCTFail("\($0)") }
        }
        XCTAssertThrowsError(try sample().write(to: folder.appending(path: "no/such/folder").path)) {
            guard case .cannotWrite = $0 as? FileError else { return XCTFail("\($0)") }
        }
    }

    func testDefectiveHeadersAreRefused() throws {
        func file(_ header: String, body: Int = 0, claimed: UInt64? = nil) -> Data {
            var data = withUnsafeBytes(of: (claimed ?? UInt64(header.utf8.count)).littleEndian) { Data($0) }
            data.append(contentsOf: header.utf8)
            data.append(Data(count: body))
            return data
        }
        let defects: [(String, Data)] = [
            ("nothing", Data()),
            ("seven bytes", Data(count: 7)),
            ("a header longer than the file", file("{}", claimed: 1 << 40)),
            ("a length with the sign bit", file("{}", claimed: .max)),
            ("no JSON", file("{\"a\":")),
            ("an array", file("[]")),
            ("metadata that are no strings", file(#"{"__metadata__":{"a":1}}"#)),
            ("no shape", file(#"{"a":{"dtype":"F32","data_offsets":[0,4]}}"#, body: 4)),
            ("an unknown type", file(#"{"a":{"dtype":"F64","shape":[1],"data_offsets":[0,8]}}"#, body: 8)),
            ("a negative dimension", file(#"{"a":{"dtype":"F32","shape":[-1],"data_offsets":[0,4]}}"#, body: 4)),
            (
                "a shape that overflows",
                file(#"{"a":{"dtype":"F32","shape":[4611686018427387904,4],"data_offsets":[0,4]}}"#, body: 4)
            ),
            (
                "bytes that overflow",
                file(#"{"a":{"dtype":"F32","shape":[4611686018427387903],"data_offsets":[0,4]}}"#, body: 4)
            ),
            ("offsets outside", file(#"{"a":{"dtype":"F32","shape":[1],"data_offsets":[0,4]}}"#, body: 3)),
            ("offsets that run backwards", file(#"{"a":{"dtype":"F32","shape":[1],"data_offsets":[4,0]}}"#, body: 4)),
            ("too few bytes", file(#"{"a":{"dtype":"F32","shape":[2],"data_offsets":[0,4]}}"#, body: 4)),
            ("a hole", file(#"{"a":{"dtype":"F32","shape":[1],"data_offsets":[4,8]}}"#, body: 8)),
            (
                "an overlap",
                file(
                    #"{"a":{"dtype":"F32","shape":[1],"data_offsets":[0,4]},"b":{"dtype":"F32","shape":[1],"data_offsets":[0,4]}}"#,
                    body: 4)
            ),
            ("bytes left over", file(#"{"a":{"dtype":"F32","shape":[1],"data_offsets":[0,4]}}"#, body: 5)),
        ]
        for (defect, data) in defects {
            XCTAssertThrowsError(try Safetensors(data, path: "test"), defect) {
                guard case .corrupt(path: "test", problem: _) = $0 as? FileError else {
                    return XCTFail("\(defect): \($0)")
                }
            }
        }
    }

    /// As PyTorch's counters of batches, which are of a type that is not read.
    func testTensorsOfOtherTypesCanBePassedOver() throws {
        let header =
            #"{"a":{"dtype":"F32","shape":[1],"data_offsets":[0,4]},"n":{"dtype":"I64","shape":[],"data_offsets":[4,12]}}"#
        func file(body: Int) -> Data {
            withUnsafeBytes(of: UInt64(header.utf8.count).littleEndian) { Data($0) } + Data(header.utf8)
                + Data(count: body)
        }
        XCTAssertThrowsError(try Safetensors(file(body: 12), path: "test")) {
            XCTAssertTrue($0.localizedDescription.contains("n holds I64"), $0.localizedDescription)
        }
        let read = try Safetensors(file(body: 12), path: "test") { $0 == "n" }
        XCTAssertEqual(read.tensors, ["a": try HostTensor([0] as [Float], shape: [1])])
        // Its place in the file counts all the same.
        XCTAssertThrowsError(try Safetensors(file(body: 11), path: "test") { $0 == "n" })
    }

    func testMutatedFilesNeverTrap() throws {
        let original = [UInt8](try sample().encoded())
        var generator = PhiloxGenerator(RandomStream(seed: 1, purpose: .testing))
        var refused = 0
        for _ in 0..<10_000 {
            var bytes = original
            for _ in 0...generator.integer(below: 3) {
                bytes[generator.integer(below: bytes.count)] = UInt8(generator.integer(below: 256))
            }
            if generator.integer(below: 4) == 0 { bytes.removeLast(generator.integer(below: bytes.count)) }
            do {
                _ = try Safetensors(Data(bytes), path: "mutated")
            } catch is FileError {
                refused += 1
            }
        }
        XCTAssertGreaterThan(refused, 5_000)
    }
}
