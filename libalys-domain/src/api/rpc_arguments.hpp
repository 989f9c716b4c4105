// SPDX-License-Identifier: Apache-2.0
//
// The positional arguments of a call. A decoder takes them one by one and asks once, at the end, whether all was well; from the first error
// on they are default values.
#pragma once

#include <alys/domain/api/eth_encoding.hpp>
#include <alys/domain/api/rpc_query.hpp>

#include <cstddef>
#include <string>
#include <string_view>
#include <utility>

namespace alys::domain {

class rpc_arguments {
public:
  // `most` is how many the method takes; null and absent params are no arguments.
  rpc_arguments(const json_value& params, std::size_t most);

  // The next argument, which must be there.
  template <class T>
  [[nodiscard]] T required(alys::result<T> (*read)(const json_value&)) {
    const auto* value = next();
    if (value == nullptr && !error_)
      error_ = alys::refuse(argument_error::missing, "missing value for required argument " + std::to_string(taken_ - 1));
    return value == nullptr ? T{} : converted(read(*value));
  }

  // The next argument, or `otherwise` if it is absent or null.
  template <class T>
  [[nodiscard]] T optional(alys::result<T> (*read)(const json_value&), T otherwise) {
    const auto* value = next();
    return value == nullptr || value->is_null() ? std::move(otherwise) : converted(read(*value));
  }

  // The query, or the first error.
  [[nodiscard]] alys::result<rpc_query> finish(rpc_query query) const {
    if (error_) return error_;
    return query;
  }

private:
  [[nodiscard]] const json_value* next();

  template <class T>
  T converted(alys::result<T> value) {
    if (value) return std::move(*value);
    if (!error_)
      error_ = alys::refuse(argument_error::invalid, "invalid argument " + std::to_string(taken_ - 1) + ": " + value.error().text());
    return T{};
  }

  const json_value::array* list_ = nullptr;
  std::size_t taken_ = 0;
  alys::error error_;
};

// Reads a member of an object into `target` if it is there and not null. Refuses with the member's name before the reason.
template <class T, class Target>
[[nodiscard]] alys::result<void> take_member(const json_value& object, std::string_view name, alys::result<T> (*read)(const json_value&),
                                             Target& target) {
  const auto* value = object.member(name);
  if (value == nullptr || value->is_null()) return {};
  auto got = read(*value);
  if (!got) return alys::refuse(argument_error::invalid, std::string{name} + ": " + got.error().text());
  target = std::move(*got);
  return {};
}

// Readers of one argument, besides those of eth_encoding.hpp. They refuse with argument_error::invalid.

// A tag or a height.
[[nodiscard]] alys::result<rpc_block> read_block_number(const json_value&);
// A tag, a height, a hash, or an object with blockNumber or blockHash (EIP-1898).
[[nodiscard]] alys::result<rpc_block> read_block(const json_value&);
// A hash of an execution block.
[[nodiscard]] alys::result<rpc_block> read_block_hash(const json_value&);
// The object that describes a transaction to eth_call and eth_estimateGas.
[[nodiscard]] alys::result<call_request> read_call_request(const json_value&);

} // namespace alys::domain
