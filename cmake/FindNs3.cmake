# Imported targets ns3::<module> for the ns-3 release that Debian packages (libns3-dev).
# Debian's own ns3Config.cmake also asks for the packages of every optional module; the
# libraries and headers named here need none of them.
find_path(Ns3_INCLUDE_DIR ns3/core-module.h)
set(Ns3_required_vars Ns3_INCLUDE_DIR)
foreach(module IN LISTS Ns3_FIND_COMPONENTS)
  find_library(Ns3_${module}_LIBRARY ns3-${module})
  list(APPEND Ns3_required_vars Ns3_${module}_LIBRARY)
endforeach()

include(FindPackageHandleStandardArgs)
find_package_handle_standard_args(Ns3 REQUIRED_VARS ${Ns3_required_vars})

if(Ns3_FOUND)
  foreach(module IN LISTS Ns3_FIND_COMPONENTS)
    if(NOT TARGET ns3::${module})
      add_library(ns3::${module} UNKNOWN IMPORTED GLOBAL)
      set_target_properties(ns3::${module} PROPERTIES
        IMPORTED_LOCATION "${Ns3_${module}_LIBRARY}"
        INTERFACE_INCLUDE_DIRECTORIES "${Ns3_INCLUDE_DIR}")
    endif()
  endforeach()
endif()
