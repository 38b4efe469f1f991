# What `cmake --install` installs: the libraries that stand alone, for find_package(acceptlab).
include(GNUInstallDirs)
include(CMakePackageConfigHelpers)

acceptlab_export(acceptlabTargets base runtime compression partition predictor)
if(ACCEPTLAB_TORCH)
  # A component of its own: whoever does without it needs no LibTorch.
  acceptlab_export(acceptlabNetworkTargets predictor_network)
endif()

set(config_folder "${CMAKE_INSTALL_LIBDIR}/cmake/acceptlab")
set(config "${PROJECT_BINARY_DIR}/acceptlabConfig.cmake")
configure_package_config_file(cmake/acceptlabConfig.cmake.in "${config}"
                              INSTALL_DESTINATION "${config_folder}")
write_basic_package_version_file("${PROJECT_BINARY_DIR}/acceptlabConfigVersion.cmake"
                                 COMPATIBILITY SameMinorVersion)
install(FILES "${config}" "${PROJECT_BINARY_DIR}/acceptlabConfigVersion.cmake"
              cmake/FindLibTorch.cmake
        DESTINATION "${config_folder}")
