// SPDX-License-Identifier: Apache-2.0
//
// Faults: what each says of itself, and what an exception becomes.
#include <alys/actors/fault.hpp>
#include <alys/actors/result.hpp>

#include <catch2/catch.hpp>

#include <any>
#include <filesystem>
#include <functional>
#include <map>
#include <new>
#include <stdexcept>
#include <system_error>

namespace {

using alys::category;
using alys::fault;
using alys::severity;

template <class Exception>
alys::error from(const Exception& thrown) {
  return alys::from_exception(std::make_exception_ptr(thrown));
}

alys::error from_errno(std::errc condition) { return from(std::system_error(std::make_error_code(condition), "here")); }

class silent_until_asked final : public std::exception {
public:
  [[nodiscard]] const char* what() const noexcept override { return "asked"; }
};

} // namespace

TEST_CASE("a fault states its category and severity without being told") {
  const auto lost = alys::fail(fault::peer_disconnected, "10.0.0.7");
  CHECK(lost.category() == category::network);
  CHECK(lost.severity() == severity::low);
  CHECK(lost.message() == "fault::peer_disconnected: 10.0.0.7");
  CHECK(alys::fail(fault::protocol_violation).severity() == severity::high);
  CHECK(alys::fail(fault::disk_full).category() == category::resource);
  CHECK(alys::fail(fault::disk_full).severity() == severity::critical);
  CHECK(alys::fail(fault::data_damaged).category() == category::corruption);
  CHECK_FALSE(alys::fail(fault::operation_timeout).severity());
}

TEST_CASE("every fault has a name and a category") {
  for (auto value = static_cast<std::uint32_t>(fault::connection_timeout); value <= static_cast<std::uint32_t>(fault::operation_timeout);
       ++value) {
    const auto e = alys::fail(static_cast<fault>(value));
    INFO(value);
    CHECK_FALSE(alys::alys_error_name(alys::tag<fault>{}, value).empty());
    CHECK(e.category() != category::unknown);
  }
}

TEST_CASE("an exception of the logic family is a failure of category logic with its text") {
  CHECK(from(std::logic_error("no")).category() == category::logic);
  CHECK(from(std::out_of_range("beyond")).text() == "beyond");
  CHECK(from(std::invalid_argument("no")).category() == category::logic);
  CHECK(from(std::out_of_range("no")).failed());
}

TEST_CASE("the exceptions of a wrong access are of category logic") {
  CHECK(from(std::bad_cast()).category() == category::logic);
  CHECK(from(std::bad_any_cast()).category() == category::logic);
  CHECK(from(std::bad_typeid()).category() == category::logic);
  CHECK(from(std::bad_function_call()).category() == category::logic);
  CHECK(from(std::bad_optional_access()).category() == category::logic);
  CHECK(from(std::bad_variant_access()).category() == category::logic);
}

TEST_CASE("a lack of memory is of category resource and leaves the decision to it") {
  const auto e = from(std::bad_alloc());
  CHECK(e == fault::out_of_memory);
  CHECK(e.category() == category::resource);
  CHECK_FALSE(e.severity());
  CHECK(from_errno(std::errc::not_enough_memory) == fault::out_of_memory);
}

TEST_CASE("an error of the operating system goes by its condition") {
  const std::map<std::errc, fault> expected{
      {std::errc::timed_out, fault::operation_timeout},
      {std::errc::connection_refused, fault::connection_refused},
      {std::errc::connection_reset, fault::connection_lost},
      {std::errc::broken_pipe, fault::connection_lost},
      {std::errc::host_unreachable, fault::connection_lost},
      {std::errc::protocol_error, fault::protocol_violation},
      {std::errc::address_in_use, fault::bad_configuration},
      {std::errc::permission_denied, fault::permission_denied},
      {std::errc::no_space_on_device, fault::disk_full},
      {std::errc::too_many_files_open, fault::too_many_files},
      {std::errc::read_only_file_system, fault::permission_denied},
  };
  for (const auto& [condition, code] : expected) {
    INFO(std::make_error_code(condition).message());
    CHECK(from_errno(condition) == code);
  }
  CHECK(from_errno(std::errc::timed_out).category() == category::timeout);
  CHECK(from_errno(std::errc::no_space_on_device).category() == category::resource);
  CHECK(from_errno(std::errc::io_error).category() == category::resource);
  CHECK(from_errno(std::errc::no_such_file_or_directory).category() == category::unknown);
}

TEST_CASE("an error of the file system goes by its condition too") {
  const std::filesystem::filesystem_error full("write", "/data/book", std::make_error_code(std::errc::no_space_on_device));
  CHECK(from(full) == fault::disk_full);
  CHECK_THAT(from(full).text(), Catch::Contains("/data/book"));
}

TEST_CASE("any other standard exception is of category unknown") {
  CHECK(from(std::runtime_error("so be it")).category() == category::unknown);
  CHECK(from(silent_until_asked()).text() == "asked");
  CHECK(from(std::runtime_error("so be it")).failed());
}

TEST_CASE("what is no standard exception is caught and unknown") {
  CHECK(from(42) == alys::errc::unknown_exception);
  CHECK(from(std::string{"text"}) == alys::errc::unknown_exception);
  CHECK(from(42).category() == category::unknown);
  CHECK(from(42).failed());
}

TEST_CASE("an unread result that held a failure is that failure") {
  const auto e = from(alys::bad_result(alys::fail(fault::disk_full, "/data")));
  CHECK(e.failed());
  CHECK(e == fault::disk_full);
  CHECK(e.severity() == severity::critical);
  CHECK(e.text() == "/data"); // what went wrong, without what nobody looked at
}

TEST_CASE("an unread result that held a refusal is a bug of whoever did not look") {
  const auto e = from(alys::bad_result(alys::refuse(alys::errc::no_such_path)));
  CHECK(e.failed());
  CHECK(e.category() == category::logic);
}

TEST_CASE("no exception is no error") { CHECK_FALSE(alys::from_exception(nullptr)); }
