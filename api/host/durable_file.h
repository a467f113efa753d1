// Small files that must survive a power cut whole: the old content or the new, never a mixture. One writer at a time.
#pragma once

#include <cstddef>
#include <optional>
#include <string>
#include <string_view>

#include "registry/result.h"

namespace ishi::api {

// Readable by the owner alone. On the disk, name and all, on return. Errors: kUnavailable (path and reason).
Result<void> write_durably(const std::string& path, std::string_view bytes);
// The same, but refuses with kConflict where something already has the name.
Result<void> create_durably(const std::string& path, std::string_view bytes);
// Nothing where no file is. Errors: kUnavailable, kTooLarge.
Result<std::optional<std::string>> read_if_there(const std::string& path, std::size_t bytes_max);
// May others than the owner read it?
bool open_to_others(const std::string& path);

}  // namespace ishi::api
