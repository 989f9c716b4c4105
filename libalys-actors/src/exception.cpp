// SPDX-License-Identifier: Apache-2.0
//
// What an exception means: the one table from exceptions to errors.
#include <alys/actors/fault.hpp>
#include <alys/actors/result.hpp>

#include <functional>
#include <new>
#include <optional>
#include <stdexcept>
#include <system_error>
#include <typeinfo>
#include <variant>

namespace alys {
namespace {

struct system_row {
  std::errc condition;
  fault code;
};

// Conditions of the operating system; what is not here is unknown. Severity and category are the fault's.
constexpr system_row system_table[] = {
    {std::errc::timed_out, fault::operation_timeout},
    {std::errc::stream_timeout, fault::operation_timeout},
    {std::errc::connection_refused, fault::connection_refused},
    {std::errc::connection_reset, fault::connection_lost},
    {std::errc::connection_aborted, fault::connection_lost},
    {std::errc::broken_pipe, fault::connection_lost},
    {std::errc::not_connected, fault::connection_lost},
    {std::errc::network_down, fault::connection_lost},
    {std::errc::network_reset, fault::connection_lost},
    {std::errc::network_unreachable, fault::connection_lost},
    {std::errc::host_unreachable, fault::connection_lost},
    {std::errc::protocol_error, fault::protocol_violation},
    {std::errc::bad_message, fault::protocol_violation},
    {std::errc::address_in_use, fault::bad_configuration},
    {std::errc::address_not_available, fault::bad_configuration},
    {std::errc::permission_denied, fault::permission_denied},
    {std::errc::operation_not_permitted, fault::permission_denied},
    {std::errc::read_only_file_system, fault::permission_denied},
    {std::errc::no_space_on_device, fault::disk_full},
    {std::errc::too_many_files_open, fault::too_many_files},
    {std::errc::too_many_files_open_in_system, fault::too_many_files},
};

error from_system_error(const std::system_error& e) {
  for (const system_row& r : system_table) {
    if (e.code() == r.condition) return fail(r.code, e.what());
  }
  if (e.code() == std::errc::not_enough_memory || e.code() == std::errc::no_buffer_space)
    return fail(fault::out_of_memory, category::resource, e.what());
  if (e.code() == std::errc::resource_unavailable_try_again || e.code() == std::errc::io_error) return fail(category::resource, e.what());
  return fail(category::unknown, e.what());
}

// A result that was not looked at: what it held counts, if that was a failure; else not looking is the bug.
error from_bad_result(const bad_result& e) { return e.cause().failed() ? e.cause() : fail(category::logic, e.what()); }

template <class... Types>
[[nodiscard]] bool is_one_of(const std::exception& e) noexcept {
  return ((dynamic_cast<const Types*>(&e) != nullptr) || ...);
}

error classified(const std::exception& e) {
  if (typeid(e) == typeid(std::runtime_error)) return fail(category::unknown, e.what()); // the most frequent one spares the search
  if (const auto* bad = dynamic_cast<const bad_result*>(&e)) return from_bad_result(*bad);
  // No severity: the next allocation may well succeed.
  if (is_one_of<std::bad_alloc>(e)) return fail(fault::out_of_memory, category::resource, e.what());
  if (const auto* system = dynamic_cast<const std::system_error*>(&e)) return from_system_error(*system); // filesystem_error too
  // std::bad_any_cast is a bad_cast.
  const bool is_bug = is_one_of<std::logic_error, std::bad_cast, std::bad_typeid, std::bad_function_call, std::bad_optional_access,
                                std::bad_variant_access>(e);
  return fail(is_bug ? category::logic : category::unknown, e.what());
}

error classified(const std::exception_ptr& thrown) {
  try {
    std::rethrow_exception(thrown);
  } catch (const std::exception& e) {
    return classified(e);
  } catch (...) {
    return fail(errc::unknown_exception, "something was thrown that is no std::exception");
  }
}

// Made before it is needed: when there is no memory for the record of an error, this one stands for it.
const error no_memory_for_an_error{error_kind::failed, fault::out_of_memory, category::resource, std::nullopt, {}};

template <class Exception>
error classified_or_out_of_memory(const Exception& thrown) noexcept {
  try {
    return classified(thrown);
  } catch (...) { // no memory for the text, or what() itself threw
    return no_memory_for_an_error;
  }
}

} // namespace

error from_exception(const std::exception& thrown) noexcept { return classified_or_out_of_memory(thrown); }
error from_exception(std::exception_ptr thrown) noexcept { return thrown ? classified_or_out_of_memory(thrown) : error{}; }

} // namespace alys
