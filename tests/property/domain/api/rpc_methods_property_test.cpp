// SPDX-License-Identifier: Apache-2.0
//
// Decoding calls and numbers over random inputs.
#include <alys/domain/api/eth_encoding.hpp>
#include <alys/domain/api/rpc_methods.hpp>

#include <rapidcheck.h>
#include <catch2/catch.hpp>

using namespace alys::domain;

namespace {

// A value of any kind, with texts that methods look at.
rc::Gen<std::string> argument() {
  const std::string digits = "0x" + std::string(64, '1');
  return rc::gen::oneOf(
      rc::gen::element<std::string>("null", "true", "false", "0", "-1", "1.5", "18446744073709551616", "[]", "{}", "\"\"", "\"0x\"",
                                    "\"0x0\"", "\"0x01\"", "\"latest\"", "\"pending\"", "\"0xzz\"", R"("0x10000000000000000")", "[25,75]",
                                    "[[]]", R"({"blockNumber":"0x1"})", R"({"blockHash":1})", R"({"to":null})",
                                    R"({"to":"0x19e7e376e7c213b7e7e7e46cc70a5dd086daff2a","accessList":[1]})"),
      rc::gen::element<std::string>("\"" + digits + "\"", "\"" + digits.substr(2) + "\"", "\"" + digits.substr(0, 42) + "\"",
                                    "\"" + digits + "11\""));
}

} // namespace

TEST_CASE("every call has a query or a reason that the caller is told") {
  CHECK(rc::check([] {
    const auto& method = *rc::gen::elementOf(std::vector<rpc_method>(rpc_methods().begin(), rpc_methods().end()));
    const auto arguments = *rc::gen::resize(5, rc::gen::container<std::vector<std::string>>(argument()));
    std::string list;
    for (const auto& each : arguments) list += (list.empty() ? "" : ",") + each;
    const bool bare = *rc::gen::arbitrary<bool>() && arguments.size() == 1;
    const auto params = read_json(bare ? list : "[" + list + "]");
    RC_ASSERT(params);
    const auto query = decode_call({.method = std::string{method.name}, .params = *params}, rpc_access::development);
    if (query) return;
    const auto error = to_rpc_error(query.error());
    RC_ASSERT(error.code == rpc_code::invalid_params);
    RC_ASSERT(!error.message.empty());
  }));
}

TEST_CASE("quantities are read back as they were written") {
  CHECK(rc::check([](std::uint64_t number, std::uint64_t high) {
    RC_ASSERT(read_quantity(json_value{to_quantity(number)}) == number);
    const wei amount = (wei{high} << 192U) + number;
    RC_ASSERT(read_amount(json_value{to_quantity(amount)}).value() == amount);
  }));
}

TEST_CASE("data are read back as they were written") {
  CHECK(rc::check([](const bytes& data) { RC_ASSERT(read_data(json_value{to_hex(data)}).value() == data); }));
}
