//! Protocol buffers.

use groundrule_facts::Capability;

use crate::Sample;

pub(crate) const SAMPLES: &[Sample] = &[
    Sample {
        shows: Capability::HttpRoute,
        path: "orders.proto",
        packages: &[],
        text: "syntax = \"proto3\";\n\npackage shop.v1;\n\nimport \"google/api/annotations.proto\";\n\nservice Orders {\n  rpc All(Request) returns (Reply) {\n    option (google.api.http) = { get: \"/v1/orders\" };\n  }\n}\n\nmessage Request {}\nmessage Reply {}\n",
    },
    Sample {
        shows: Capability::RpcService,
        path: "orders.proto",
        packages: &[],
        text: "syntax = \"proto3\";\n\npackage shop.v1;\n\nservice Orders {\n  rpc All(Request) returns (Reply);\n}\n\nmessage Request {}\nmessage Reply {}\n",
    },
];
