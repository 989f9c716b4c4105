// SPDX-License-Identifier: Apache-2.0
//
// Goes through the steps.
#include "fault_matrix.hpp"

#include "support/temporary_folder.hpp"

#include <alys/domain/storage/chain_store.hpp>

#include <catch2/catch.hpp>

namespace alys::test {
namespace {

using domain::store_error;

constexpr kept by_rule[] = {kept::everything, kept::nothing, kept::data_only, kept::names_only};
constexpr kept by_chance[] = {kept::torn, kept::scattered};

// One disk that may be left after these steps.
void examine_image(std::span<const disk_step> steps, const story& told, kept what, std::mt19937_64& random, matrix_result& sum) {
  const temporary_folder left{quick_place()};
  make_crash_image(steps, what, random, left.path());
  INFO("after step " << steps.size() << ", kind of disk " << static_cast<int>(what));
  const auto found = examine(left.path() / "node" / "data", told, steps.size(), what == kept::everything);
  if (found == finding::refused) ++sum.refused;
  // Zeros within a log look like damage, and are for people to decide on. Everything else is told apart from it.
  if (what != kept::scattered) REQUIRE(found == finding::as_told);
  ++sum.crashes;
}

void examine_all_images(std::span<const disk_step> steps, const story& told, std::size_t draws, std::mt19937_64& random,
                        matrix_result& sum) {
  for (const kept what : by_rule) examine_image(steps, told, what, random, sum);
  for (std::size_t draw = 0; draw < draws; ++draw) {
    for (const kept what : by_chance) examine_image(steps, told, what, random, sum);
  }
}

} // namespace

matrix_result crash_at_each_step(std::size_t stride, std::size_t draws, std::uint64_t seed) {
  const temporary_folder folder{quick_place()};
  const auto on = std::make_shared<traced_disk>(folder.path());
  const story told = live(folder.path() / "node" / "data", on);
  INFO(told.failure.message());
  REQUIRE_FALSE(told.failure);
  const auto steps = on->steps();
  std::mt19937_64 random{seed};
  matrix_result sum;
  sum.steps = steps.size();
  for (std::size_t count = 0; count <= steps.size(); count += stride)
    examine_all_images(std::span{steps}.first(count), told, draws, random, sum);
  return sum;
}

matrix_result fail_at_each_step(std::size_t stride, std::uint64_t seed) {
  std::mt19937_64 random{seed};
  matrix_result sum;
  for (std::size_t at = 0;; at += stride) {
    for (const auto how : {traced_disk::fault::refused, traced_disk::fault::half, traced_disk::fault::full}) {
      const temporary_folder folder{quick_place()};
      const auto on = std::make_shared<traced_disk>(folder.path());
      on->fail_at(at, how);
      const story told = live(folder.path() / "node" / "data", on);
      INFO("step " << at << " fails, in way " << static_cast<int>(how) << ": " << told.failure.message());
      if (!on->has_failed()) { // the life was over before
        REQUIRE_FALSE(told.failure);
        sum.steps = at;
        return sum;
      }
      ++sum.faults;
      if (told.failure) {
        const bool full = how == traced_disk::fault::full;
        REQUIRE((full ? told.failure == store_error::no_space
                      : told.failure == store_error::io_failed || told.failure == store_error::unreadable));
        REQUIRE(told.failure.text().find((folder.path() / "node").string()) == 0);
      }
      examine_all_images(on->steps(), told, 1, random, sum);
    }
  }
}

} // namespace alys::test
