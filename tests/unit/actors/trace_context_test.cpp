// SPDX-License-Identifier: Apache-2.0
//
// The traceparent header. The cases are those of the W3C's own test suite (github.com/w3c/trace-context, test/test.py), one line each, as
// far as they concern the value and not HTTP.
#include <alys/actors/trace_context.hpp>

#include <catch2/catch.hpp>

namespace {

const std::string trace = "12345678901234567890123456789012";
const std::string span = "1234567890123456";

bool accepted(const std::string& header) { return alys::parse_traceparent(header).has_value(); }

} // namespace

TEST_CASE("a traceparent of version 00 is read field by field") {
  const auto context = alys::parse_traceparent("00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01");
  REQUIRE(context);
  CHECK(context->trace_id[0] == 0x0a);
  CHECK(context->trace_id[15] == 0x9c);
  CHECK(context->span_id[0] == 0xb7);
  CHECK(context->span_id[7] == 0x31);
  CHECK(context->sampled());
  CHECK(context->valid());
}

TEST_CASE("a traceparent is written as it was read") {
  for (const std::string flags : {"00", "01"}) {
    const std::string header = "00-" + trace + '-' + span + '-' + flags;
    CHECK(alys::to_traceparent(*alys::parse_traceparent(header)) == header);
  }
}

TEST_CASE("flags that version 00 does not know are cleared") {
  CHECK(alys::to_traceparent(*alys::parse_traceparent("00-" + trace + '-' + span + "-ff")) == "00-" + trace + '-' + span + "-01");
  CHECK_FALSE(alys::parse_traceparent("00-" + trace + '-' + span + "-02")->sampled());
}

TEST_CASE("version 00 has nothing after its flags") {
  CHECK(accepted("00-" + trace + '-' + span + "-01"));
  CHECK_FALSE(accepted("00-" + trace + '-' + span + "-01."));
  CHECK_FALSE(accepted("00-" + trace + '-' + span + "-01-what-the-future-will-be-like"));
}

TEST_CASE("a version to come may have more after its flags") {
  CHECK(accepted("cc-" + trace + '-' + span + "-01"));
  CHECK(accepted("cc-" + trace + '-' + span + "-01-what-the-future-will-be-like"));
  CHECK_FALSE(accepted("cc-" + trace + '-' + span + "-01.what-the-future-will-not-be-like"));
}

TEST_CASE("version ff is none") { CHECK_FALSE(accepted("ff-" + trace + '-' + span + "-01")); }

TEST_CASE("a version is two hexadecimal digits") {
  for (const std::string version : {".0", "0.", "000", "0000", "0", ""}) {
    INFO(version);
    CHECK_FALSE(accepted(version + '-' + trace + '-' + span + "-01"));
  }
}

TEST_CASE("a trace id is 32 lower-case hexadecimal digits and not zero") {
  for (const std::string id :
       {"00000000000000000000000000000000", ".2345678901234567890123456789012", "1234567890123456789012345678901.",
        "1234567890123456789012345678901", "123456789012345678901234567890123", "A2345678901234567890123456789012"}) {
    INFO(id);
    CHECK_FALSE(accepted("00-" + id + '-' + span + "-01"));
  }
}

TEST_CASE("a parent id is 16 lower-case hexadecimal digits and not zero") {
  for (const std::string id :
       {"0000000000000000", ".234567890123456", "123456789012345.", "123456789012345", "12345678901234567", "A234567890123456"}) {
    INFO(id);
    CHECK_FALSE(accepted("00-" + trace + '-' + id + "-01"));
  }
}

TEST_CASE("flags are two hexadecimal digits") {
  for (const std::string flags : {".0", "0.", "001", "1", "", "0A"}) {
    INFO(flags);
    CHECK_FALSE(accepted("00-" + trace + '-' + span + '-' + flags));
  }
}

TEST_CASE("fields are parted by dashes") {
  CHECK_FALSE(accepted("00_" + trace + '-' + span + "-01"));
  CHECK_FALSE(accepted("00-" + trace + '_' + span + "-01"));
  CHECK_FALSE(accepted("00-" + trace + '-' + span + "_01"));
  CHECK_FALSE(accepted(""));
}
