// SPDX-License-Identifier: Apache-2.0
//
// Folders as a whole or not at all.
#include "new_folder.hpp"

#include "record_reader.hpp"

#include <string>
#include <system_error>

namespace alys::domain {

namespace fs = std::filesystem;

result<new_folder> new_folder::begin(const fs::path& folder) {
  const fs::path name = folder.has_filename() ? folder : folder.parent_path(); // without a slash at the end
  std::error_code problem;
  if (fs::exists(name, problem) && !fs::is_empty(name, problem))
    return fail(store_error::occupied, name.string() + ": holds something already");
  if (problem) return fail(store_error::unreadable, name.string() + ": " + problem.message());
  new_folder made{name};
  if (!fs::create_directory(made.path(), problem)) {
    const std::string path = std::exchange(made.folder_, {}).string() + ".unfinished";
    if (problem) return fail(store_error::unreadable, path + ": " + problem.message());
    return fail(store_error::occupied, path + ": is left of an attempt that was cut off, or is being made; remove it in the first case");
  }
  return made;
}

new_folder::~new_folder() {
  if (folder_.empty()) return;
  std::error_code ignored; // it has a name that says what it is
  fs::remove_all(path(), ignored);
}

fs::path new_folder::path() const { return folder_.string() + ".unfinished"; }

result<void> new_folder::finish(disk& files) {
  auto status = files.RenameFile(path().string(), folder_.string());
  const fs::path above = folder_.parent_path();
  if (status.ok()) status = files.sync_folder(above.empty() ? "." : above.string());
  if (!status.ok()) return error_of(status);
  folder_.clear();
  return {};
}

} // namespace alys::domain
