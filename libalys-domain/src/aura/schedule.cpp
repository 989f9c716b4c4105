// SPDX-License-Identifier: Apache-2.0
//
// The round of the authorities.
#include <alys/domain/aura/schedule.hpp>

#include <stdexcept>

namespace alys::domain {

authority_index author_of(slot s, std::size_t authorities) {
  if (authorities == 0 || authorities > max_authorities) throw std::invalid_argument("a chain has 1 to 256 authorities");
  return authority_index{static_cast<std::uint16_t>(s.value() % authorities)};
}

} // namespace alys::domain
