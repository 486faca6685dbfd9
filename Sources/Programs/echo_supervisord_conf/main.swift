import Glibc
import SupervisorTools

exit(SampleConfiguration.run())
