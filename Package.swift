// swift-tools-version: 6.2
import PackageDescription

/// How the programs are released: with the standard library and Foundation in them.
///
/// They run a tenth faster than on shared ones, in less memory. Other linkers than lld warn of functions
/// in them that nobody calls.
let releaseFlags = ["-static-stdlib"]
let inRelease = BuildSettingCondition.when(configuration: .release)

/// Modules are borders for the reader and not for the optimizer: a call across one is inlined like any
/// other, which saves one instruction in thirty of a look.
let optimizerFlags = ["-cross-module-optimization"]

/// One way to compile every target: Swift 6 mode, no warning tolerated.
let settings: [SwiftSetting] = [
    .enableUpcomingFeature("ExistentialAny"),
    .enableUpcomingFeature("InternalImportsByDefault"),
    .enableUpcomingFeature("MemberImportVisibility"),
    .treatAllWarnings(as: .error),
    .unsafeFlags(releaseFlags + optimizerFlags, inRelease),
]

/// A module of the product; `dependencies` is the whole list of what it may import.
func module(
    _ name: String,
    _ dependencies: [Target.Dependency] = [],
    resources: [Resource]? = nil
) -> Target {
    .target(
        name: name,
        dependencies: dependencies,
        resources: resources,
        swiftSettings: settings
    )
}

func tests(_ name: String, _ dependencies: [Target.Dependency]) -> Target {
    .testTarget(name: name, dependencies: dependencies, swiftSettings: settings)
}

func program(_ name: String, _ dependencies: [Target.Dependency]) -> Target {
    .executableTarget(
        name: name,
        dependencies: dependencies,
        swiftSettings: settings,
        linkerSettings: [.unsafeFlags(releaseFlags + ["-use-ld=lld"], inRelease)]
    )
}

let package = Package(
    name: "keyholder",
    products: [.executable(name: "keyholder", targets: ["keyholder"])],
    targets: [
        .systemLibrary(name: "CSQLite"),
        .systemLibrary(name: "COpenSSL"),
        .target(name: "CLinux"),

        module("SQLite", ["CSQLite"]),
        module("Crypto", ["COpenSSL"]),
        module("PolicyEngine"),
        module("AuditTrail", ["SQLite", "Crypto", "PolicyEngine"]),
        module("Authentication", ["SQLite", "Crypto"]),
        module("Records", ["SQLite", "Crypto", "PolicyEngine"]),
        module("Mail", ["SQLite", "Crypto", "COpenSSL"]),
        module("HTTPServer", ["CLinux", "COpenSSL"]),
        module(
            "Service",
            [
                "SQLite", "Crypto", "PolicyEngine", "AuditTrail", "Authentication", "Records",
                "Mail", "HTTPServer",
            ],
            // The invariants that no policies folder can leave out.
            resources: [.embedInCode("Policies/shipped.cedar")]
        ),
        program(
            "keyholder",
            ["Service", "Authentication", "Crypto", "PolicyEngine", "SQLite"]
        ),
        program(
            "Benchmarks",
            ["Service", "Authentication", "Crypto", "HTTPServer", "SQLite", "PolicyEngine"]
        ),

        // A relay that the tests of two modules talk to.
        .target(
            name: "TestRelay",
            path: "Tests/TestRelay",
            exclude: ["relay.py"],
            swiftSettings: settings
        ),

        tests("SQLiteTests", ["SQLite"]),
        tests("CryptoTests", ["Crypto"]),
        tests(
            "KeyholderTests",
            ["keyholder", "Service", "AuditTrail", "Crypto", "SQLite", "TestRelay"]
        ),
        tests("AuditTrailTests", ["AuditTrail", "SQLite", "Crypto", "PolicyEngine"]),
        tests("AuthenticationTests", ["Authentication", "SQLite", "Crypto"]),
        tests("MailTests", ["Mail", "Crypto", "SQLite", "TestRelay"]),
        tests("RecordsTests", ["Records", "SQLite", "Crypto", "PolicyEngine"]),
        tests("PolicyEngineTests", ["PolicyEngine"]),
        tests("HTTPServerTests", ["HTTPServer"]),
        tests(
            "ServiceTests",
            [
                "Service", "Authentication", "Crypto", "HTTPServer", "Mail", "PolicyEngine",
                "SQLite",
            ]
        ),
    ],
    swiftLanguageModes: [.v6]
)
