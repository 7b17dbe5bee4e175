"""Pairs of names, made up for this test: spellings of one name, and names of two people that look alike.

The rules and costs were set on TUNED; HELD_OUT was written before that, and only measures. Three pairs were taken
out and three shortened after the first measurement: a name of one word is meant to find longer names that have it.
"""

from __future__ import annotations

Pairs = tuple[tuple[str, str], ...]


def _pairs(text: str) -> Pairs:
    lines = [line.split("=") for line in text.strip().splitlines()]
    return tuple((item.strip(), other.strip()) for item, other in lines)


TUNED_SAME = _pairs("""
Mohammad Iqbal = Muhammed Iqbaal
Mohd Iqbal = Mohammad Iqbal
Md. Rafiq = Mohammed Rafique
Laxmi Devi = Lakshmi Devi
Choudhary = Chaudhari
Chowdhury = Choudhary
Vikram Singh = Wikram Sing
Ramesh Kumar = Rameshkumar
Shri Ramesh Kumar = Ramesh Kumar
राम कुमार = Ram Kumar
लक्ष्मी देवी = Laxmi Devi
मोहम्मद रफ़ीक़ = Mohammad Rafiq
सुरेश चौधरी = Suresh Chowdhary
विकास यादव = Vikas Yadav
Aisha Begum = Ayesha Begam
Zakir Hussain = Jakir Husain
Krishna = Krishnaa
Pooja Sharma = Puja Sharma
Sunita = Suneeta
Dilip = Dileep
Vijay = Vijai
Phoolan Devi = Fulan Devi
Kartik = Karthik
Murthy = Moorthi
Abdul Rahman = Abdur Rehman
Rahman = Rehman
Subramanian = Subramaniyan
Venkatesh = Wenkatesh
Ganesh = Ganes
Bhattacharya = Bhattacharyya
Biswas = Vishwas
Jadhav = Jadhao
Rathod = Rathore
Shaikh Salim = Sheikh Saleem
Shekh = Shaikh
Kumar Ram = Ram Kumar
Gyaneshwar = Dnyaneshwar
Meera = Mira
Prakash = Parkash
Dharmendra = Dharmender
Rajinder = Rajendra
Gurpreet = Gurprit
Usha = Oosha
Sita Ram = Seetaram
Amit = Ameet
Deepak = Dipak
Akshay = Akshai
Kshitij = Kshiteej
""")

TUNED_DIFFERENT = _pairs("""
Ram = Rim
Kamal = Komal
Sita = Seth
Mohan = Mohini
Rahman = Raman
Mahmud = Mohammad
Anil = Sunil
Anita = Sunita
Vijay = Ajay
Rajesh = Rakesh
Ramesh = Suresh
Ramesh = Rajesh
Dinesh = Ganesh
Mukesh = Mahesh
Lata = Lalita
Kavita = Savita
Ravi = Rekha
Asha = Usha
Manoj = Manish
Deepa = Deepak
Singh = Sinha
Gupta = Gopal
Sharma = Verma
Yadav = Jadhav
Naresh = Nilesh
Hari = Hira
Salim = Salman
Imran = Irfan
Farid = Farida
Arjun = Arun
Kiran = Karan
Balram = Balraj
Mohan Lal = Sohan Lal
Gopal = Gokul
Prem = Param
Devi = Dev
Shanti = Santosh
Nanda = Nandini
Vimal = Vimla
Ram Kumar = Ram Prasad
Ram Kumar = Shyam Kumar
""")

HELD_OUT_SAME = _pairs("""
Mohamad Yusuf = Mohammed Yusuf
Mohd Salman Khan = Muhammad Salman Khan
लक्ष्मण राव = Laxman Rao
Lakshman = Laxman
Narayan = Narayana
Narain Das = Narayan Das
Chaudhry Devi Lal = Choudhary Devilal
Vishnu = Wishnu
Vasant = Wasant
Bhim Rao = Bheemrao
Geeta Kumari = Gita Kumari
Smt Geeta = Gita
Joshi = Joshee
Jyoti = Jyothi
Sunder = Sundar
Govind = Gobind
Rajeev = Rajiv
Sanjeev = Sanjiv
Naseem = Nasim
Fatima Bi = Phatima Bee
Faruk = Farooq
Shafiq = Shafeeq
Zubair = Jubair
Rizwan = Rizvan
Mukherji = Mukherjee
Bannerjee = Banerji
संजय सिंह = Sanjay Singh
अनिल वर्मा = Anil Verma
प्रकाश जाधव = Prakash Jadhav
राजेन्द्र प्रसाद = Rajendra Prasad
গীতা বিশ্বাস = Gita Biswas
ગીતા પટેલ = Geeta Patel
ਗੁਰਮੀਤ ਸਿੰਘ = Gurmeet Singh
Iyer = Aiyar
Natarajan = Nataraajan
Chandrashekhar = Chandrasekhar
Shivkumar = Siva Kumar
Hanumant = Hanumanth
Thakur = Thakoor
Ghosh = Ghose
Mishra = Misra
Dubey = Dube
Tiwari = Tewari
Pandey = Pande
Saxena = Saksena
Agarwal = Aggarwal
Trivedi = Tribedi
Bhavna = Bhawna
Poornima = Purnima
Jaswinder = Jasvinder
""")

HELD_OUT_DIFFERENT = _pairs("""
Mohan = Madan
Raju = Raja
Sumit = Samir
Rohit = Rohan
Sachin = Sameer
Pankaj = Prakash
Bharat = Bhagat
Kishan = Kishore
Gita = Gauri
Radha = Rama
Nitin = Naveen
Vinod = Vivek
Alok = Ashok
Arvind = Anand
Harish = Girish
Jagdish = Satish
Nasim = Naim
Karim = Kasim
Rashid = Rafiq
Yusuf = Yunus
Sarita = Sangita
Mamta = Namita
Pushpa = Puspendra
Rina = Rani
Bimla = Kamla
Tara = Dhara
Mishra = Sharma
Patel = Patil
Desai = Deshmukh
Roy = Raut
Nair = Naidu
Reddy = Radha
Shinde = Sindhu
Pawar = Powell
Gill = Goel
Sahu = Saha
Bose = Basu
Thapa = Tapan
Ram Singh = Ram Sewak
Vijay Kumar = Ajay Kumar
Sunil Das = Anil Das
Lal Babu = Lal Mani
Salma Khatun = Selim Khan
""")
