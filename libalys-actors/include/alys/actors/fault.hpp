// SPDX-License-Identifier: Apache-2.0
//
// The common ways in which things outside an actor go wrong, as ready-made error codes with category and severity; and the table that
// turns an exception into an error.
//
// An actor that returns `fail(fault::disk_full)` need not say twice what that means. Whatever a handler throws ends up in the same
// words: the standard exceptions by the table in exception.cpp, an alys::error carried by a bad_result as it is, and anything that is no
// std::exception as unknown.
//
// ```cpp
// inline alys::error example() { return alys::fail(alys::fault::disk_full, "/var/lib/ledger"); }   // resource, critical
//
// inline alys::error caught() {
//   try {
//     throw std::bad_alloc{};
//   } catch (...) {
//     return alys::from_exception(std::current_exception());                                          // fault::out_of_memory
//   }
// }
// ```
#pragma once

#include <alys/actors/error.hpp>

#include <cstdint>
#include <exception>

namespace alys {

// What went wrong outside. The comment gives category and severity; "-" leaves the decision to the category's default.
enum class fault : std::uint8_t {
  none,
  connection_timeout,    // network, medium: no connection in time
  connection_lost,       // network, medium: one that was there is gone
  connection_refused,    // network, medium: nobody listens
  peer_disconnected,     // network, low: one of many went away, as they do
  protocol_violation,    // network, high: the other side says what cannot be said
  database_unavailable,  // database, -: cannot be opened or does not answer
  transaction_failed,    // database, low: this one write did not happen; nothing is half done
  data_damaged,          // corruption, critical: stored data fails its checks
  bad_configuration,     // configuration, critical: what it was told to do cannot be done
  out_of_memory,         // resource, critical: no allocation succeeds
  disk_full,             // resource, critical: nothing can be written
  too_many_files,        // resource, high: no descriptor left
  permission_denied,     // configuration, critical: the operating system says no
  service_unavailable,   // external, -: a service beside us does not answer
  rate_limited,          // external, low: it asks us to slow down
  authentication_failed, // external, high: it does not accept who we are
  invalid_reply,         // external, medium: it answers nonsense
  operation_timeout,     // timeout, -: it took too long
};

[[nodiscard]] constexpr classification alys_classify(fault what) noexcept {
  switch (what) {
    case fault::none: return {};
    case fault::connection_timeout: return {category::network, severity::medium};
    case fault::connection_lost: return {category::network, severity::medium};
    case fault::connection_refused: return {category::network, severity::medium};
    case fault::peer_disconnected: return {category::network, severity::low};
    case fault::protocol_violation: return {category::network, severity::high};
    case fault::database_unavailable: return {category::database};
    case fault::transaction_failed: return {category::database, severity::low};
    case fault::data_damaged: return {category::corruption, severity::critical};
    case fault::bad_configuration: return {category::configuration, severity::critical};
    case fault::out_of_memory: return {category::resource, severity::critical};
    case fault::disk_full: return {category::resource, severity::critical};
    case fault::too_many_files: return {category::resource, severity::high};
    case fault::permission_denied: return {category::configuration, severity::critical};
    case fault::service_unavailable: return {category::external};
    case fault::rate_limited: return {category::external, severity::low};
    case fault::authentication_failed: return {category::external, severity::high};
    case fault::invalid_reply: return {category::external, severity::medium};
    case fault::operation_timeout: return {category::timeout};
  }
  return {};
}

ALYS_ERRORS(fault, connection_timeout, connection_lost, connection_refused, peer_disconnected, protocol_violation, database_unavailable,
            transaction_failed, data_damaged, bad_configuration, out_of_memory, disk_full, too_many_files, permission_denied,
            service_unavailable, rate_limited, authentication_failed, invalid_reply, operation_timeout)

// The error for a thrown exception; its text is what(). Never throws: if even the text cannot be kept, the error has none.
// std::logic_error and what derives from it is of category logic; std::system_error goes by its std::errc; memory by bad_alloc; other
// std::exceptions are unknown. Something that is no std::exception is errc::unknown_exception; a null pointer is no error.
[[nodiscard]] error from_exception(std::exception_ptr thrown) noexcept;
// The same for one that was caught; about a microsecond cheaper, since nothing is thrown again.
[[nodiscard]] error from_exception(const std::exception& thrown) noexcept;

} // namespace alys
